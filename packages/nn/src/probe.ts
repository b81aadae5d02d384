// The linear probe: multinomial logistic regression on the trunk's features, a head for the network in seconds.
import { type Correction, minimise } from './lbfgs.ts'
import { logisticLoss } from './logistic-loss.ts'
import { type Score, score } from './score.ts'

export interface Samples {
  /** [N, D] flat */
  features: Float32Array
  /** [N], each in 0 .. classes - 1 */
  labels: Int32Array
}

export interface Head {
  /** [classes, D] flat, for features as the trunk gives them */
  weight: Float32Array
  /** [classes] */
  bias: Float32Array
}

export interface Probe extends Head {
  /** The penalty that was chosen, on standardised features. */
  l2: number
  validationLoss: number
  validationAccuracy: number
}

/** Penalties from strong to weak: each fit starts where the one before ended, with its curvature. */
const L2_PATH = [1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003]

/** Relative precision of a float32, which a feature is. */
const FLOAT32_ROUNDING = 2 ** -23

/** Fits end where a step gains less than this share of the loss: validation could not tell the rest from noise. */
const TOLERANCE = 2e-3

/**
 * Fits a head for each penalty of the path until the validation loss rises, and gives the one before. The same
 * samples give the same head to the last bit. An iteration costs 2 N D C multiplications.
 */
export function fitProbe({
  features,
  labels,
  classes,
  classWeights,
  validation,
}: Samples & { classes: number; classWeights?: readonly number[] | undefined; validation: Samples }): Probe {
  const scaling = standardisation(features, features.length / labels.length)
  const rows = standardise(features, scaling)
  let point = priorHead(labels, classes, scaling.mean.length)
  const corrections: Correction[] = []
  let best: Probe | undefined
  for (const l2 of L2_PATH) {
    point = minimise(logisticLoss(rows, labels, classes, l2, classWeights), point, {
      tolerance: TOLERANCE,
      corrections,
    })
    const head = foldHead(point, scaling)
    const { loss, accuracy } = scoreHead(head, validation)
    if (best && loss >= best.validationLoss) break
    best = { ...head, l2, validationLoss: loss, validationAccuracy: accuracy }
  }
  if (!best) throw new Error('the path of penalties is empty')
  return best
}

/** How well a head does on samples. */
export function scoreHead({ weight, bias }: Head, { features, labels }: Samples): Score {
  const width = weight.length / bias.length
  const logits = new Float64Array(labels.length * bias.length)
  for (let index = 0; index < logits.length; index += 1) {
    const unit = index % bias.length
    const row = ((index - unit) / bias.length) * width
    let sum = bias[unit] ?? 0
    for (let feature = 0; feature < width; feature += 1) {
      sum += (features[row + feature] ?? 0) * (weight[unit * width + feature] ?? 0)
    }
    logits[index] = sum
  }
  return score(logits, labels)
}

export interface Standardisation {
  mean: Float64Array
  /** 1 where a feature does not change by more than its rounding. */
  deviation: Float64Array
}

/** Mean and standard deviation of each column of [N, width]. */
export function standardisation(features: Float32Array, width: number): Standardisation {
  const count = features.length / width
  const mean = new Float64Array(width)
  const deviation = new Float64Array(width)
  features.forEach((value, index) => {
    mean[index % width] = (mean[index % width] ?? 0) + value / count
  })
  features.forEach((value, index) => {
    const column = index % width
    deviation[column] = (deviation[column] ?? 0) + (value - (mean[column] ?? 0)) ** 2 / count
  })
  return {
    mean,
    deviation: deviation.map((variance, column) => {
      const root = Math.sqrt(variance)
      return root > FLOAT32_ROUNDING * Math.abs(mean[column] ?? 0) ? root : 1
    }),
  }
}

function standardise(features: Float32Array, { mean, deviation }: Standardisation): Float64Array {
  const width = mean.length
  return Float64Array.from(
    features,
    (value, index) => (value - (mean[index % width] ?? 0)) / (deviation[index % width] ?? 1),
  )
}

/** Zero weights, and as biases the logarithms of the class shares, with one more of each so that none is zero. */
function priorHead(labels: Int32Array, classes: number, width: number): Float64Array {
  const head = new Float64Array(classes * (width + 1))
  const biases = head.subarray(classes * width).fill(1)
  for (const label of labels) biases[label] = (biases[label] ?? 0) + 1
  biases.forEach((count, index) => {
    biases[index] = Math.log(count / (labels.length + classes))
  })
  return head
}

/**
 * A head [C, D] and [C] for standardised features, as one for raw features:
 * (x - mean) / deviation . w + b = x . (w / deviation) + (b - mean . (w / deviation)).
 */
export function foldHead(point: Float64Array, { mean, deviation }: Standardisation): Head {
  const width = mean.length
  const classes = point.length / (width + 1)
  const weight = new Float32Array(classes * width)
  const bias = Float32Array.from(point.subarray(classes * width), (own, unit) => {
    let sum = own
    for (let feature = 0; feature < width; feature += 1) {
      const at = unit * width + feature
      const folded = (point[at] ?? 0) / (deviation[feature] ?? 1)
      weight[at] = folded
      sum -= (mean[feature] ?? 0) * folded
    }
    return sum
  })
  return { weight, bias }
}
