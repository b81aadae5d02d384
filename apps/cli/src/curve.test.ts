import { expect, test } from 'vitest'
import { createCurve } from './curve.ts'
import { sparkline } from './terminal.ts'

const progress = (loss: number | null, phase: 'training' | 'evaluating' = 'training') =>
  ({
    phase,
    epoch: 1,
    epochs: 3,
    step: 1,
    steps: 9,
    loss,
    images_per_second: null,
    eta_seconds: null,
  }) as const
const metrics = (data: object) =>
  ({
    id: 1,
    object: 'fine_tuning.job.event',
    created_at: '',
    level: 'info',
    type: 'metrics',
    message: '',
    data,
  }) as never

test('bars are as tall as their values', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█')
  expect(sparkline([2, 2])).toBe('▁▁')
})

test('the loss of the training and the accuracy of held-out images make the curve', () => {
  const curve = createCurve()
  expect(curve.bars()).toBe('')
  expect(curve.summary()).toEqual([])
  for (const loss of [null, 0.9, 0.2]) curve.addProgress(progress(loss))
  curve.addProgress(progress(5, 'evaluating'))
  for (const share of [0.5, 0.75, 1]) curve.addEvent(metrics({ validation_accuracy: share }))
  curve.addEvent(metrics({ stage: 'average', validation_accuracy: 0.25 }))
  expect(curve.bars()).toBe('█▁')
  expect(curve.summary()).toEqual(['loss      █▁  0.900 -> 0.200', 'accuracy  ▁▅█  50.0 % -> 100.0 %'])
})

test('a long job keeps its whole curve on one line', () => {
  const curve = createCurve()
  for (let step = 0; step < 1000; step += 1) curve.addProgress(progress(1000 - step))
  const bars = curve.bars()
  expect(bars.length).toBeLessThan(32)
  expect(bars[0]).toBe('█')
  expect(bars.at(-1)).toBe('▁')
  expect([...bars].sort().reverse().join('')).toBe(bars)
})
