// A network in training: its weights live in a TensorFlow session, and each step is one call.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GraftError } from '@graft/core/errors'
import type { ResolvedRecipe } from '@graft/core/recipes'
import { type Binding, loadEngine } from './engine.ts'
import { addGradients } from './gradients.ts'
import { BATCH, input, softmaxCrossEntropy } from './graph.ts'
import { rateMultiplier } from './optimiser.ts'
import type { Precision } from './precision.ts'
import { type ArchitectureName, type Network, resnet, stagesUntil } from './resnet.ts'
import { variableShape } from './tensorflow-operations.ts'
import { type Shape, TAG } from './tensorflow-proto.ts'
import { ENDS, momentumOf, type Optimiser, toTensorFlow } from './to-tensorflow.ts'
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
  /** A copy of the momentum buffers by the names of their parameters; empty where the momentum is 0. */
  momentum(): Weights
  close(): void
}

export interface TrainingSettings {
  architecture: ArchitectureName
  classes: number
  weights: Weights
  resolved: ResolvedRecipe
  /** Of the activations; weights, loss and updates are float32 in either. */
  precision?: Precision
  /** What `momentum()` of an earlier session gave: with it the steps go on bit for bit. Zeros otherwise. */
  momentum?: Weights
}

/** @throws GraftError `engine_unavailable`, `weights_invalid` */
export function openTrainingSession(settings: TrainingSettings): TrainingSession {
  const { architecture, classes, weights, resolved, precision, momentum } = settings
  const network = resnet(architecture, classes, {
    batchNorm: resolved.batch_norm,
    frozenStages: stagesUntil(resolved.freeze_until),
    imageSize: resolved.image_size,
  })
  const loss = { labelSmoothing: resolved.label_smoothing, reduction: resolved.loss_reduction }
  const optimiser: Optimiser = {
    momentum: resolved.momentum,
    nesterov: resolved.nesterov,
    weightDecay: resolved.weight_decay,
    multiplier: (name) => rateMultiplier(name, resolved),
  }
  return openSession(network, weights, { loss, optimiser, ...(precision && { precision }) }, momentum)
}

/** The same for any network. */
export function openSession(
  network: Network,
  weights: Weights,
  settings: {
    loss: Parameters<typeof softmaxCrossEntropy>[3]
    optimiser: Optimiser
    precision?: Precision
  },
  buffers: Weights = new Map(),
): TrainingSession {
  const { graph, logits, images } = network
  const labels = input(graph, 'labels', [BATCH])
  const loss = softmaxCrossEntropy(graph, logits, labels, settings.loss)
  const gradients = addGradients(graph, loss)
  const model = toTensorFlow({ network, loss, labels, gradients }, settings.optimiser, settings.precision)

  const start: Weights = new Map()
  for (const [name, shape] of model.parameters) start.set(name, shaped(weights.get(name), name, shape))
  for (const [name, shape] of model.momentum) {
    const buffer = buffers.size === 0 ? zeros(shape) : buffers.get(name)
    start.set(momentumOf(name), shaped(buffer, momentumOf(name), shape))
  }

  const engine = loadEngine()
  const session = load(engine, model.savedModel)

  /** The fetched tensors' data; everything that was fed or fetched is freed. */
  const run = (feeds: Record<string, number>, fetches: readonly string[]): Float32Array[] => {
    const ids = Object.values(feeds)
    try {
      const outputs = fetches.map((fetch) => `${fetch}:0`).join()
      return engine.runSavedModel(session, ids, Object.keys(feeds).join(), outputs).map(({ id }) => {
        // tensorDataSync's array belongs to the tensor.
        const data = Float32Array.from(engine.tensorDataSync(id))
        engine.deleteTensor(id)
        return data
      })
    } finally {
      for (const id of ids) engine.deleteTensor(id)
    }
  }
  const read = (shapes: ReadonlyMap<string, Shape>, variableOf: (name: string) => string): Weights => {
    if (shapes.size === 0) return new Map()
    const values = run(
      {},
      [...shapes.keys()].map((name) => ENDS.variable(variableOf(name))),
    )
    return new Map(
      [...shapes].map(([name, shape], index) => [
        name,
        fromVariable(shape, values[index] ?? new Float32Array()),
      ]),
    )
  }

  const feeds: Record<string, number> = {}
  for (const [name, weight] of start) {
    const shape = variableShape(weight.shape)
    feeds[ENDS.value(name)] = engine.createTensor(shape, engine.TF_FLOAT, toVariable(weight))
  }
  run(feeds, [ENDS.initialised])

  const [, height = 0, width = 0] = images.shape
  return {
    step(pixels, classes, rate) {
      const count = classes.length
      const [[mean = Number.NaN, correct = 0] = []] = run(
        {
          [ENDS.images]: engine.createTensor([count, height, width, 3], engine.TF_UINT8, pixels),
          [ENDS.labels]: engine.createTensor([count], engine.TF_INT32, classes),
          [ENDS.rate]: engine.createTensor([], engine.TF_FLOAT, Float32Array.of(rate)),
        },
        [ENDS.result],
      )
      return { loss: mean, correct }
    },
    weights: () => read(model.parameters, (name) => name),
    momentum: () => read(model.momentum, momentumOf),
    close: () => engine.deleteSavedModel(session),
  }
}

function load(engine: Binding, savedModel: Uint8Array): number {
  const folder = mkdtempSync(join(tmpdir(), 'graft-graph-'))
  try {
    writeFileSync(join(folder, 'saved_model.pb'), savedModel)
    return engine.loadSavedModel(folder, TAG)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function shaped(weight: Weight | undefined, name: string, shape: Shape): Weight {
  if (weight?.shape.join() === shape.join()) return weight
  throw new GraftError('weights_invalid', `The weights have no ${name} of shape [${shape}].`)
}

function zeros(shape: Shape): Weight {
  return { shape: [...shape], data: new Float32Array(shape.reduce((product, side) => product * side, 1)) }
}

/** OIHW to the variable's HWIO; other shapes as they are. */
function toVariable({ shape, data }: Weight): Float32Array {
  const [out = 0, inward = 0, height = 0, width = 0] = shape
  return shape.length === 4 ? axesReversed(data, [out, inward, height * width]) : data
}

function fromVariable(shape: Shape, data: Float32Array): Weight {
  const [out = 0, inward = 0, height = 0, width = 0] = shape
  const own = shape.length === 4 ? axesReversed(data, [height * width, inward, out]) : data
  return { shape: [...shape], data: own }
}

/** [A, B, C] to [C, B, A]. */
function axesReversed(data: Float32Array, [a, b, c]: readonly [number, number, number]): Float32Array {
  const moved = new Float32Array(data.length)
  let from = 0
  for (let i = 0; i < a; i += 1) {
    for (let j = 0; j < b; j += 1) {
      for (let k = 0; k < c; k += 1) {
        moved[(k * b + j) * a + i] = data[from] ?? 0
        from += 1
      }
    }
  }
  return moved
}
