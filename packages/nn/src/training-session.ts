// A network in training: its weights live in a TensorFlow session, and each step is one call.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GraftError } from '@graft/core/errors'
import type { ResolvedRecipe } from '@graft/core/recipes'
import { loadEngine } from './engine.ts'
import { addGradients } from './gradients.ts'
import { BATCH, input, softmaxCrossEntropy } from './graph.ts'
import { rateMultiplier } from './optimiser.ts'
import { type ArchitectureName, type Network, resnet } from './resnet.ts'
import { TAG } from './tensorflow-proto.ts'
import { ENDS, type Optimiser, toTensorFlow, variableShape } from './to-tensorflow.ts'
import type { Weight, Weights } from './weights.ts'

export interface StepResult {
  /** Mean over the batch, label smoothing included. */
  loss: number
  /** Images whose label was ranked first. */
  correct: number
}

export interface TrainingSession {
  /**
   * One step of gradient descent. Blocks until it is done.
   *
   * @param images RGB, [N, size, size, 3]; any N
   * @param labels class indices, [N]
   * @param rate the base learning rate, which each parameter group multiplies
   */
  step(images: Uint8Array, labels: Int32Array, rate: number): StepResult
  /** A copy of the weights as they are now. */
  weights(): Weights
  close(): void
}

export interface TrainingSettings {
  architecture: ArchitectureName
  classes: number
  weights: Weights
  resolved: ResolvedRecipe
}

/** @throws GraftError `engine_unavailable`, `weights_invalid` */
export function openTrainingSession({
  architecture,
  classes,
  weights,
  resolved,
}: TrainingSettings): TrainingSession {
  const network = resnet(architecture, classes, {
    batchNorm: resolved.batch_norm,
    frozenStages: resolved.frozen_stages,
    imageSize: resolved.image_size,
  })
  return openSession(network, weights, {
    loss: { labelSmoothing: resolved.label_smoothing, reduction: resolved.loss_reduction },
    optimiser: {
      momentum: resolved.momentum,
      nesterov: resolved.nesterov,
      weightDecay: resolved.weight_decay,
      multiplier: (name) => rateMultiplier(name, resolved),
    },
  })
}

/** The same for any network. */
export function openSession(
  network: Network,
  weights: Weights,
  settings: { loss: Parameters<typeof softmaxCrossEntropy>[3]; optimiser: Optimiser },
): TrainingSession {
  const { graph, logits, images } = network
  const labels = input(graph, 'labels', [BATCH])
  const loss = softmaxCrossEntropy(graph, logits, labels, settings.loss)
  const gradients = addGradients(graph, loss)
  const model = toTensorFlow({ network, loss, labels, gradients }, settings.optimiser)

  const engine = loadEngine()
  const folder = mkdtempSync(join(tmpdir(), 'graft-graph-'))
  let session: number
  try {
    writeFileSync(join(folder, 'saved_model.pb'), model)
    session = engine.loadSavedModel(folder, TAG)
  } finally {
    rmSync(folder, { recursive: true })
  }

  const floats = (shape: readonly number[], data: Float32Array) =>
    engine.createTensor(shape, engine.TF_FLOAT, data)
  /** The fetched tensors' data; everything that was fed or fetched is freed. */
  const run = (feeds: Record<string, number>, fetches: string[]): Float32Array[] => {
    const ids = Object.values(feeds)
    try {
      const results = engine.runSavedModel(session, ids, Object.keys(feeds).join(), fetches.join())
      return results.map(({ id }) => {
        // tensorDataSync's array belongs to the tensor.
        const data = Float32Array.from(engine.tensorDataSync(id))
        engine.deleteTensor(id)
        return data
      })
    } finally {
      for (const id of ids) engine.deleteTensor(id)
    }
  }

  const feeds: Record<string, number> = {}
  for (const [name, { shape }] of network.parameters) {
    const weight = weights.get(name)
    if (weight?.shape.join() !== shape.join()) {
      throw new GraftError('weights_invalid', `The weights have no ${name} of shape [${shape}].`)
    }
    feeds[ENDS.value(name)] = floats(variableShape(shape), toVariable(weight))
  }
  run(feeds, [`${ENDS.initialised}:0`])

  const [, height = 0, width = 0] = images.shape
  return {
    step(pixels, classes, rate) {
      const count = classes.length
      const [[mean = Number.NaN, correct = 0] = []] = run(
        {
          [ENDS.images]: engine.createTensor([count, height, width, 3], engine.TF_UINT8, pixels),
          [ENDS.labels]: engine.createTensor([count], engine.TF_INT32, classes),
          [ENDS.rate]: floats([], Float32Array.of(rate)),
        },
        [`${ENDS.result}:0`],
      )
      return { loss: mean, correct }
    },
    weights() {
      const parameters = [...network.parameters]
      const values = run(
        {},
        parameters.map(([name]) => `${ENDS.variable(name)}:0`),
      )
      return new Map(
        parameters.map(([name, { shape }], index) => [
          name,
          { shape: [...shape], data: fromVariable(shape, values[index] ?? new Float32Array()) },
        ]),
      )
    },
    close: () => engine.deleteSavedModel(session),
  }
}

/** OIHW to the variable's HWIO. */
function toVariable({ shape, data }: Weight): Float32Array {
  const [out = 1, inward = 1, height = 1, width = 1] = shape
  if (shape.length !== 4) return data
  const moved = new Float32Array(data.length)
  let from = 0
  for (let o = 0; o < out; o += 1) {
    for (let i = 0; i < inward; i += 1) {
      for (let at = 0; at < height * width; at += 1) {
        moved[(at * inward + i) * out + o] = data[from] ?? 0
        from += 1
      }
    }
  }
  return moved
}

function fromVariable(shape: readonly number[], data: Float32Array): Float32Array {
  const [out = 1, inward = 1, height = 1, width = 1] = shape
  if (shape.length !== 4) return data
  const moved = new Float32Array(data.length)
  let to = 0
  for (let o = 0; o < out; o += 1) {
    for (let i = 0; i < inward; i += 1) {
      for (let at = 0; at < height * width; at += 1) {
        moved[to] = data[(at * inward + i) * out + o] ?? 0
        to += 1
      }
    }
  }
  return moved
}
