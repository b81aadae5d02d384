import { expect, test } from 'vitest'
import { logisticLoss } from './logistic-loss.ts'
import { createRandom } from './random.ts'

const CLASSES = 3
const WIDTH = 5

/** Seven rows: one whole block and a part of the next. */
function problem() {
  const random = createRandom(1)
  const labels = Int32Array.from({ length: 7 }, () => random.integer(CLASSES))
  const rows = Float64Array.from({ length: labels.length * WIDTH }, () => random.normal())
  const point = Float64Array.from({ length: CLASSES * (WIDTH + 1) }, () => random.normal())
  return { rows, labels, point }
}

test.each([
  ['', undefined],
  [', by class weights', [0.5, 3, 1]],
])('is the mean cross-entropy and the penalty, written out%s', (_, classWeights) => {
  const { rows, labels, point } = problem()
  let expected = 0
  for (const [row, label] of labels.entries()) {
    const logits = Array.from({ length: CLASSES }, (_, unit) =>
      Array.from({ length: WIDTH }).reduce<number>(
        (sum, _, feature) => sum + rows[row * WIDTH + feature]! * point[unit * WIDTH + feature]!,
        point[CLASSES * WIDTH + unit]!,
      ),
    )
    const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0)
    expected += ((classWeights?.[label] ?? 1) * (Math.log(sum) - logits[label]!)) / labels.length
  }
  for (const weight of point.subarray(0, CLASSES * WIDTH)) expected += (0.3 / 2) * weight ** 2
  const loss = logisticLoss(rows, labels, CLASSES, 0.3, classWeights)
  expect(loss(point, new Float64Array(point.length))).toBeCloseTo(expected, 12)
})

test('has the gradient that finite differences show', () => {
  const { rows, labels, point } = problem()
  const loss = logisticLoss(rows, labels, CLASSES, 0.3, [0.5, 3, 1])
  const gradient = new Float64Array(point.length)
  loss(point, gradient)
  const ignored = new Float64Array(point.length)
  for (let index = 0; index < point.length; index += 1) {
    const [above, below] = [1e-5, -1e-5].map((shift) => {
      const moved = point.slice()
      moved[index]! += shift
      return loss(moved, ignored)
    })
    expect(gradient[index]).toBeCloseTo((above! - below!) / 2e-5, 8)
  }
})
