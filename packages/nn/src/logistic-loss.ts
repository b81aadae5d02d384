// The objective of multinomial logistic regression and its gradient, in plain loops: the probe's whole cost.
import type { Objective } from './lbfgs.ts'

/** Rows that go through a loop together, so that each weight is loaded once for all of them. */
const BLOCK = 4

/**
 * Mean cross-entropy plus l2 / 2 times the weights' sum of squares; the biases are free.
 * rows [N, D] flat, labels [N]; a point is the weight [C, D] and then the bias [C]. With class weights [C] each row
 * counts as much as its label's says.
 */
export function logisticLoss(
  rows: Float64Array,
  labels: Int32Array,
  classes: number,
  l2: number,
  classWeights?: readonly number[],
): Objective {
  const count = labels.length
  const width = rows.length / count
  const biases = classes * width
  const residuals = new Float64Array(BLOCK * classes)

  return (point, gradient) => {
    let value = 0
    gradient.fill(0)
    for (let first = 0; first < count; first += BLOCK) {
      const block = Math.min(BLOCK, count - first)
      blockLogits(rows, first, block, point, width, residuals)
      for (let row = 0; row < block; row += 1) {
        const own = residuals.subarray(row * classes, (row + 1) * classes)
        const label = labels[first + row] ?? 0
        const counts = classWeights?.[label] ?? 1
        value += (counts * toResiduals(own, label)) / count
        if (counts !== 1) for (let unit = 0; unit < classes; unit += 1) own[unit] = (own[unit] ?? 0) * counts
      }
      residuals.fill(0, block * classes)
      addGradient(rows, first, block, residuals, width, gradient)
    }
    for (let index = 0; index < gradient.length; index += 1) {
      const weight = index < biases ? (point[index] ?? 0) : 0
      gradient[index] = (gradient[index] ?? 0) / count + l2 * weight
      value += (l2 / 2) * weight * weight
    }
    return value
  }
}

/** Where the block's rows start; past the last row the first stands in, and its residuals are zero. */
function starts(first: number, block: number, width: number): [number, number, number, number] {
  const start = first * width
  const of = (row: number) => (row < block ? start + row * width : start)
  return [start, of(1), of(2), of(3)]
}

function blockLogits(
  rows: Float64Array,
  first: number,
  block: number,
  point: Float64Array,
  width: number,
  logits: Float64Array,
): void {
  const classes = logits.length / BLOCK
  const [a, b, c, d] = starts(first, block, width)
  for (let unit = 0; unit < classes; unit += 1) {
    const start = unit * width
    const bias = point[classes * width + unit] ?? 0
    let [sumA, sumB, sumC, sumD] = [bias, bias, bias, bias]
    for (let feature = 0; feature < width; feature += 1) {
      const weight = point[start + feature] ?? 0
      sumA += weight * (rows[a + feature] ?? 0)
      sumB += weight * (rows[b + feature] ?? 0)
      sumC += weight * (rows[c + feature] ?? 0)
      sumD += weight * (rows[d + feature] ?? 0)
    }
    logits[unit] = sumA
    logits[classes + unit] = sumB
    logits[2 * classes + unit] = sumC
    logits[3 * classes + unit] = sumD
  }
}

/** Turns a row's logits into softmax minus one-hot, in place; the row's cross-entropy. */
function toResiduals(logits: Float64Array, label: number): number {
  let largest = Number.NEGATIVE_INFINITY
  for (const logit of logits) largest = Math.max(largest, logit)
  const own = (logits[label] ?? 0) - largest
  let sum = 0
  for (let unit = 0; unit < logits.length; unit += 1) {
    const power = Math.exp((logits[unit] ?? 0) - largest)
    logits[unit] = power
    sum += power
  }
  for (let unit = 0; unit < logits.length; unit += 1) {
    logits[unit] = (logits[unit] ?? 0) / sum - (unit === label ? 1 : 0)
  }
  return Math.log(sum) - own
}

function addGradient(
  rows: Float64Array,
  first: number,
  block: number,
  residuals: Float64Array,
  width: number,
  gradient: Float64Array,
): void {
  const classes = residuals.length / BLOCK
  const [a, b, c, d] = starts(first, block, width)
  for (let unit = 0; unit < classes; unit += 1) {
    const start = unit * width
    const byA = residuals[unit] ?? 0
    const byB = residuals[classes + unit] ?? 0
    const byC = residuals[2 * classes + unit] ?? 0
    const byD = residuals[3 * classes + unit] ?? 0
    for (let feature = 0; feature < width; feature += 1) {
      gradient[start + feature] =
        (gradient[start + feature] ?? 0) +
        byA * (rows[a + feature] ?? 0) +
        byB * (rows[b + feature] ?? 0) +
        byC * (rows[c + feature] ?? 0) +
        byD * (rows[d + feature] ?? 0)
    }
    const bias = classes * width + unit
    gradient[bias] = (gradient[bias] ?? 0) + byA + byB + byC + byD
  }
}
