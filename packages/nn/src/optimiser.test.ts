import { resolveRecipe } from '@graft/core/recipes'
import { expect, test } from 'vitest'
import { learningRateAt, rateMultiplier } from './optimiser.ts'

test('rates are tiered: the head by its multiplier, each stage below the last by the decay', () => {
  const recipe = { head_learning_rate_multiplier: 10, layer_decay: 0.5 }
  const names = [
    'fc.weight',
    'layer4.1.bn2.bias',
    'layer3.0.conv1.weight',
    'layer1.0.bn1.weight',
    'conv1.weight',
    'bn1.bias',
  ]
  expect(names.map((name) => rateMultiplier(name, recipe))).toEqual([10, 1, 0.5, 0.125, 0.0625, 0.0625])
})

test('seed has two tiers at a constant rate', () => {
  const seed = resolveRecipe('seed')
  expect([0, 39].map((step) => learningRateAt(step, 40, seed))).toEqual([5e-5, 5e-5])
  expect(
    ['fc.bias', 'layer4.0.conv1.weight', 'conv1.weight'].map((name) => rateMultiplier(name, seed)),
  ).toEqual([10, 1, 1])
})

test('cosine: rises over the warm-up, then falls to zero', () => {
  const recipe = { learning_rate: 1, schedule: 'cosine', warmup_fraction: 0.1 } as const
  const rates = Array.from({ length: 100 }, (_, step) => learningRateAt(step, 100, recipe))
  expect(rates.indexOf(Math.max(...rates))).toBe(10)
  expect(rates[10]).toBe(1)
  expect(rates[55]).toBeCloseTo(0.5, 5)
  expect(rates[99]).toBeLessThan(0.001)
  for (const [step, rate] of rates.entries()) {
    expect(rate).toBeGreaterThan(0)
    if (step > 10) expect(rate).toBeLessThan(rates[step - 1]!)
  }
})

test('one step alone has a rate', () => {
  const recipe = { learning_rate: 1, schedule: 'cosine', warmup_fraction: 0.1 } as const
  expect(learningRateAt(0, 1, recipe)).toBe(1)
})

test.each([0, 0.1, 1])('behind the last step the rate is the last one, warm-up %d', (warmup_fraction) => {
  const recipe = { learning_rate: 1, schedule: 'cosine', warmup_fraction } as const
  const last = learningRateAt(39, 40, recipe)
  expect([40, 41, 60, 80].map((step) => learningRateAt(step, 40, recipe))).toEqual([last, last, last, last])
})
