import { expect, test } from 'vitest'
import { bar, describeProgress, openOutput, percent, table } from './terminal.ts'

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

test('on a terminal a progress line gives way to what follows; elsewhere lines stay and are rare', () => {
  const screen = (isTTY: boolean) => {
    let text = ''
    const write = (chunk: string | Uint8Array) => {
      text += chunk
      return true
    }
    const output = openOutput(false, { write }, { write, isTTY, columns: 10 })
    output.progress('a long line of progress')
    output.progress('too soon after it')
    output.note('note')
    output.print('result')
    return text
  }
  expect(screen(true)).toBe('\r\x1b[2Ka long li\r\x1b[2Knote\nresult\n')
  expect(screen(false)).toBe('a long line of progress\nnote\nresult\n')
})
