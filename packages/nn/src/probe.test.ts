import { describe, expect, test } from 'vitest'
import { fitProbe, foldHead, type Samples, scoreHead, standardisation } from './probe.ts'
import { createRandom } from './random.ts'

const WIDTH = 16

/** Samples around one centre a class, with unlike scales and offsets of the features as a trunk gives them. */
function clusters(seed: number, labels: number[], spread: number): Samples {
  const random = createRandom(seed)
  const features = Float32Array.from({ length: labels.length * WIDTH }, (_, index) => {
    const [row, feature] = [Math.floor(index / WIDTH), index % WIDTH]
    const centre = Math.sin(1 + labels[row]! * 7 + feature * 3)
    return 3 + 10 ** ((feature % 4) - 2) * (centre + spread * random.normal())
  })
  return { features, labels: Int32Array.from(labels) }
}

const cycle = (count: number, classes: number) => Array.from({ length: count }, (_, row) => row % classes)

describe('fitProbe', () => {
  test('separates what is separable, whatever the scales of the features', () => {
    const probe = fitProbe({
      ...clusters(1, cycle(90, 3), 0.1),
      classes: 3,
      validation: clusters(2, cycle(30, 3), 0.1),
    })
    expect(probe.validationAccuracy).toBe(1)
    expect(probe.validationLoss).toBeLessThan(0.05)
    expect([probe.weight.length, probe.bias.length]).toEqual([3 * WIDTH, 3])
  })

  test('takes a strong penalty where the labels are noise, and does no worse than the class shares', () => {
    const random = createRandom(3)
    const noise = (count: number): Samples => ({
      features: Float32Array.from({ length: count * WIDTH }, () => random.normal()),
      labels: Int32Array.from({ length: count }, () => random.integer(2)),
    })
    const probe = fitProbe({ ...noise(60), classes: 2, validation: noise(400) })
    expect(probe.l2).toBeGreaterThanOrEqual(0.3)
    expect(probe.validationLoss).toBeLessThan(Math.log(2) + 0.05)
  })

  test('reports the score of the head that it gives', () => {
    const validation = clusters(2, cycle(40, 4), 1)
    const probe = fitProbe({ ...clusters(1, cycle(120, 4), 1), classes: 4, validation })
    const { loss, accuracy } = scoreHead(probe, validation)
    expect([loss, accuracy]).toEqual([probe.validationLoss, probe.validationAccuracy])
    expect(accuracy).toBeGreaterThan(0.5)
  })

  test('gives the same head twice, to the last bit', () => {
    const fit = () =>
      fitProbe({
        ...clusters(1, cycle(60, 3), 1),
        classes: 3,
        validation: clusters(2, cycle(30, 3), 1),
      })
    expect(fit()).toEqual(fit())
  })

  test('never answers a class that it has not seen, and stays finite', () => {
    const seen = cycle(60, 2).map((label) => label * 2)
    const training = clusters(1, seen, 0.5)
    const probe = fitProbe({ ...training, classes: 3, validation: training })
    expect(probe.validationAccuracy).toBe(1)
    expect([...probe.weight, ...probe.bias].every(Number.isFinite)).toBe(true)
  })

  test('is not troubled by a feature that never changes', () => {
    const training = clusters(1, cycle(60, 2), 0.5)
    for (let row = 0; row < 60; row += 1) training.features[row * WIDTH] = 0.1
    const probe = fitProbe({ ...training, classes: 2, validation: training })
    expect(probe.weight[0]).toBeCloseTo(0, 9)
    expect(probe.weight[WIDTH]).toBeCloseTo(0, 9)
    expect(probe.validationAccuracy).toBe(1)
  })
})

test('a folded head gives raw features the logits that the standardised head gives standardised ones', () => {
  const { features } = clusters(1, [0, 1, 2], 1)
  const scaling = standardisation(features, WIDTH)
  const random = createRandom(5)
  const point = Float64Array.from({ length: 2 * (WIDTH + 1) }, () => random.normal())
  const head = foldHead(point, scaling)
  for (let row = 0; row < 3; row += 1) {
    for (let unit = 0; unit < 2; unit += 1) {
      let raw = head.bias[unit]!
      let standardised = point[2 * WIDTH + unit]!
      for (let feature = 0; feature < WIDTH; feature += 1) {
        const value = features[row * WIDTH + feature]!
        raw += value * head.weight[unit * WIDTH + feature]!
        standardised +=
          ((value - scaling.mean[feature]!) / scaling.deviation[feature]!) * point[unit * WIDTH + feature]!
      }
      expect(raw).toBeCloseTo(standardised, 3)
    }
  }
})
