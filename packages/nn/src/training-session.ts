// A network in training: its weights live in a TensorFlow session, and each step is one call.
import { GraftError } from '@graft/core/errors'
import type { ResolvedRecipe } from '@graft/core/recipes'
import { addGradients } from './gradients.ts'
import { BATCH, input, softmaxCrossEntropy } from './graph.ts'
import { rateMultiplier } from './optimiser.ts'
import type { Precision } from './precision.ts'
import { type ArchitectureName, type Network, resnet, stagesUntil } from './resnet.ts'
import { type Feed, loadGraph } from './saved-model.ts'
import type { Shape } from './tensorflow-proto.ts'
import { ENDS, momentumOf, type Optimiser, type TrainingOptions, toTensorFlow } from './to-tensorflow.ts'
import { fromVariable, toVariable, variableShape } from './variable-layout.ts'
import type { Weight, Weights } from './weights.ts'

export interface StepResult {
  /** Mean over the batch, label smoothing included. */
  loss: number
  /** Images whose label was ranked first. */
  correct: number
}

export interface TrainingSession {
  /**
   * One step of gradient descent. Blocks until it is done. One that runs out of memory has not changed the weights.
   *
   * @param images RGB, [N, size, size, 3]; any N
   * @param labels class indices, [N]
   * @param rate the base learning rate, which each parameter group multiplies
   * @param mix where the recipe mixes: the share of each image; the rest is the one before it, of those that are
   *   computed at once, and the last is before the first. The labels are mixed alike
   * @throws GraftError `out_of_memory`
   */
  step(images: Uint8Array, labels: Int32Array, rate: number, mix?: number): StepResult
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
  /**
   * The most images that are computed at once. A larger batch comes in parts, whose gradients add up: the same step in
   * less memory. Only live batch norm sees the difference: it normalises each part by itself, and moves its running
   * statistics by each.
   */
  microBatch?: number
  /**
   * What to split each batch over, by TensorFlow's names (see `gpus`); the weights are one set. Live batch norm
   * normalises each device's images by themselves, and keeps the first one's statistics, as PyTorch's DataParallel.
   */
  devices?: readonly string[]
  /** How much an image of each class counts; 1 without them. */
  classWeights?: readonly number[] | undefined
  /** What `momentum()` of an earlier session gave: with it the steps go on bit for bit. Zeros otherwise. */
  momentum?: Weights
}

/** @throws GraftError `engine_unavailable`, `weights_invalid`, `out_of_memory` */
export function openTrainingSession(settings: TrainingSettings): TrainingSession {
  const { architecture, classes, weights, resolved, classWeights, momentum, ...how } = settings
  const network = resnet(architecture, classes, {
    batchNorm: resolved.batch_norm,
    frozenStages: stagesUntil(resolved.freeze_until),
    imageSize: resolved.image_size,
  })
  const loss = {
    labelSmoothing: resolved.label_smoothing,
    reduction: resolved.loss_reduction,
    classWeights,
  }
  const optimiser: Optimiser = {
    momentum: resolved.momentum,
    nesterov: resolved.nesterov,
    weightDecay: resolved.weight_decay,
    multiplier: (name) => rateMultiplier(name, resolved),
  }
  const mixes = resolved.mixup > 0
  return openSession(network, weights, { loss, optimiser, mixes, ...how }, momentum)
}

/** The same for any network. */
export function openSession(
  network: Network,
  weights: Weights,
  settings: { loss: Parameters<typeof softmaxCrossEntropy>[3] } & Pick<
    TrainingOptions,
    'optimiser' | 'mixes'
  > &
    Pick<TrainingSettings, 'precision' | 'microBatch' | 'devices'>,
  buffers: Weights = new Map(),
): TrainingSession {
  const { graph, logits, images, parameters } = network
  const labels = input(graph, 'labels', [BATCH])
  const loss = softmaxCrossEntropy(graph, logits, labels, settings.loss)
  const gradients = addGradients(graph, loss)
  const { microBatch = Number.POSITIVE_INFINITY, devices = [''], loss: _, ...options } = settings
  const accumulates = Number.isFinite(microBatch)

  const start: Weights = new Map()
  for (const [name, { shape }] of parameters) start.set(name, shaped(weights.get(name), name, shape))
  const model = toTensorFlow({ network, loss, labels, gradients }, start, {
    ...options,
    devices,
    accumulates,
  })
  const constants = structuredClone(new Map([...start].filter(([name]) => !model.variables.has(name))))
  const loaded = loadGraph(model.savedModel)

  const read = (shapes: ReadonlyMap<string, Shape>, variableOf: (name: string) => string): Weights => {
    if (shapes.size === 0) return new Map()
    const fetches = [...shapes.keys()].map((name) => ENDS.variable(variableOf(name)))
    const values = loaded.run({}, fetches)
    return new Map(
      [...shapes].map(([name, shape], index) => [
        name,
        fromVariable(shape, values[index] ?? new Float32Array()),
      ]),
    )
  }

  const feeds: Record<string, Feed> = {}
  const set = (variable: string, weight: Weight) => {
    feeds[ENDS.value(variable)] = { shape: variableShape(weight.shape), data: toVariable(weight) }
  }
  for (const [name, shape] of model.variables) set(name, shaped(start.get(name), name, shape))
  for (const [name, shape] of model.momentum) {
    const buffer = buffers.size === 0 ? zeros(shape) : buffers.get(name)
    set(momentumOf(name), shaped(buffer, momentumOf(name), shape))
  }
  try {
    loaded.run(feeds, [ENDS.initialised])
  } catch (error) {
    loaded.close()
    throw error
  }

  const [, height = 0, width = 0] = images.shape
  const imageSize = height * width * 3
  return {
    step(pixels, classes, rate, mix = 1) {
      const count = classes.length
      const ofRate = { [ENDS.rate]: { shape: [], data: Float32Array.of(rate) } }
      const sum: StepResult = { loss: 0, correct: 0 }
      for (let first = 0; first < count; first += microBatch) {
        const last = Math.min(count, first + microBatch)
        const part = occupying(devices.length, {
          pixels: pixels.subarray(first * imageSize, last * imageSize),
          classes: classes.subarray(first, last),
        })
        const size = part.classes.length
        const feeds: Record<string, Feed> = {
          [ENDS.images]: { shape: [size, height, width, 3], data: part.pixels },
          [ENDS.labels]: { shape: [size], data: part.classes },
          [ENDS.count]: { shape: [], data: Float32Array.of(count) },
          ...(devices.length > 1 && {
            [ENDS.shares]: { shape: [devices.length], data: sharesOf(size, devices.length) },
          }),
          // The images that fill up a batch for its devices are no partners.
          ...(settings.mixes && {
            [ENDS.mix]: { shape: [], data: Float32Array.of(size > last - first ? 1 : mix) },
          }),
          ...(!accumulates && ofRate),
        }
        const end = first === 0 ? ENDS.result : ENDS.more
        const [[mean = Number.NaN, correct = 0] = []] = loaded.run(feeds, [end])
        sum.loss += mean
        sum.correct += correct
      }
      if (accumulates) loaded.run(ofRate, [ENDS.applied])
      return sum
    },
    weights() {
      const now = read(model.variables, (name) => name)
      const all: Weights = new Map()
      for (const name of parameters.keys()) {
        const weight = now.get(name) ?? structuredClone(constants.get(name))
        if (weight !== undefined) all.set(name, weight)
      }
      return all
    },
    momentum: () => read(model.momentum, momentumOf),
    close: () => loaded.close(),
  }
}

/** How many of a batch's images each device takes: as even as can be, the first ones more. */
function sharesOf(count: number, devices: number): Int32Array {
  return Int32Array.from({ length: devices }, (_, device) => Math.ceil((count - device) / devices))
}

/** With an image for every device, since oneDNN's kernels fail at none: black ones, which count for nothing. */
function occupying(devices: number, { pixels, classes }: Batch): Batch {
  if (classes.length >= devices) return { pixels, classes }
  const more = {
    pixels: new Uint8Array((pixels.length / classes.length) * devices),
    classes: new Int32Array(devices),
  }
  more.pixels.set(pixels)
  more.classes.fill(-1).set(classes)
  return more
}

interface Batch {
  /** [N, size, size, 3] */
  pixels: Uint8Array
  classes: Int32Array
}

function shaped(weight: Weight | undefined, name: string, shape: Shape): Weight {
  if (weight?.shape.join() === shape.join()) return weight
  throw new GraftError('weights_invalid', `The weights have no ${name} of shape [${shape}].`)
}

function zeros(shape: Shape): Weight {
  return { shape: [...shape], data: new Float32Array(shape.reduce((product, side) => product * side, 1)) }
}
