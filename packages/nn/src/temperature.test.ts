import { expect, test } from 'vitest'
import { createRandom } from './random.ts'
import { score } from './score.ts'
import { divide, fitTemperature } from './temperature.ts'

/** Labels drawn from the softmax of the logits: temperature 1 is right for them. */
function sample(rows: number): { logits: Float32Array; labels: number[] } {
  const random = createRandom(7)
  const logits = Float32Array.from({ length: rows * 3 }, () => 2 * random.normal())
  const labels = Array.from({ length: rows }, (_, row) => {
    const powers = [0, 1, 2].map((index) => Math.exp(logits[row * 3 + index] ?? 0))
    let left = random.next() * powers.reduce((sum, power) => sum + power, 0)
    return powers.findIndex((power) => {
      left -= power
      return left < 0
    })
  })
  return { logits, labels }
}

test('finds the factor by which logits were made too sure or too shy', () => {
  const { logits, labels } = sample(4000)
  for (const factor of [0.5, 1, 3]) {
    const scaled = logits.map((logit) => logit * factor)
    const temperature = fitTemperature(scaled, labels)
    expect(temperature / factor).toBeCloseTo(1, 1)
    expect(score(divide(scaled, temperature), labels).loss).toBeLessThanOrEqual(score(scaled, labels).loss)
  }
})

test('a few images that are all right do not make it certain', () => {
  expect(fitTemperature(Float32Array.of(2, 0, 0, 2), [0, 1])).toBeGreaterThan(0.4)
})
