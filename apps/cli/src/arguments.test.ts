import { expect, test } from 'vitest'
import { readCount, readPriority, readSeed, readSetting, readShare } from './arguments.ts'

test('settings add up, numbers as numbers and words as words', () => {
  const settings = ['epochs=3', 'learning_rate=1e-4', 'momentum=auto', 'epochs=4'].reduce(
    (before, text) => readSetting(text, before),
    {},
  )
  expect(settings).toEqual({ epochs: 4, learning_rate: 1e-4, momentum: 'auto' })
})

test.for(['epochs', 'epochs=', '=3', 'Epochs=3', 'a=b c', ''])('%j is no setting', (text) => {
  expect(() => readSetting(text)).toThrow('key=value')
})

test.for([
  [readCount, '1', 1],
  [readCount, '50000000000', 50_000_000_000],
  [readCount, '9007199254740993', undefined],
  [readCount, '0', undefined],
  [readCount, '1.5', undefined],
  [readCount, '', undefined],
  [readSeed, '0', 0],
  [readSeed, '-1', undefined],
  [readPriority, '-5', -5],
  [readPriority, '1.5', undefined],
  [readPriority, '101', undefined],
  [readShare, '0.5', 0.5],
  [readShare, '1.1', undefined],
  [readShare, '', undefined],
  [readShare, 'half', undefined],
] as const)('%o of %j', ([read, text, value]) => {
  if (value === undefined) expect(() => read(text)).toThrow('It must be')
  else expect(read(text)).toBe(value)
})
