import { expect, test } from 'vitest'
import { bar, describeProgress, percent, table } from './terminal.ts'

test('progress says phase, epoch, step, loss, speed and time left, as far as they are known', () => {
  const known = { phase: 'training', epoch: 2, epochs: 3, step: 14, steps: 39 } as const
  expect(describeProgress({ ...known, loss: 0.4123, images_per_second: 23.06, eta_seconds: 65.4 })).toBe(
    'training  epoch 2/3  step 14/39  loss 0.412  23.1 images/s  1:05 left',
  )
  const unknown = { epoch: 0, step: 0, loss: null, images_per_second: null, eta_seconds: null }
  expect(describeProgress({ ...known, ...unknown, phase: 'loading' })).toBe('loading')
})

test('a table pads its columns, numbers to the right', () => {
  expect(
    table([
      ['label', 'train'],
      ['cat', 7],
      ['hamster', 12],
    ]),
  ).toEqual(['label    train', 'cat          7', 'hamster     12'])
})

test('bars and percentages', () => {
  expect(bar(0.5, 4)).toBe('[##  ]')
  expect(bar(7, 4)).toBe('[####]')
  expect(percent(0.9312)).toBe('93.1 %')
  expect(percent(undefined)).toBe('-')
})
