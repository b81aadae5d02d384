import { expect, test } from 'vitest'
import { judgeStep } from './judge-step.ts'

const bounds = { minutesPerStep: 10, maxErrorRate: 0.01, maxDisagreement: 0.2, minRequests: 100 }
const good = { answered: 100, failed: 0, compared: 100, disagreed: 20 }

test.each<[string, Partial<typeof good>, number, string]>([
  ['enough of all', {}, 10, 'go_on'],
  ['too little time', {}, 9.9, 'wait'],
  ['too few images', { answered: 99 }, 60, 'wait'],
  ['too few comparisons', { compared: 99, disagreed: 0 }, 60, 'wait'],
  ['as many faults as are allowed', { answered: 99, failed: 1 }, 10, 'go_on'],
  ['more of them', { answered: 98, failed: 2 }, 10, 'roll_back'],
  ['more answers that differ', { disagreed: 21 }, 10, 'roll_back'],
])('%s', (_, change, minutes, turn) => {
  expect(judgeStep(bounds, { ...good, ...change }, minutes).turn).toBe(turn)
})

test('what cannot come back under its bound is not waited for', () => {
  const none = { answered: 0, failed: 0, compared: 0, disagreed: 0 }
  expect(judgeStep(bounds, { ...none, failed: 1 }, 0).turn).toBe('wait')
  expect(judgeStep(bounds, { ...none, failed: 2 }, 0).turn).toBe('roll_back')
  expect(judgeStep(bounds, { ...none, answered: 20, compared: 20, disagreed: 20 }, 0).turn).toBe('wait')
  expect(judgeStep(bounds, { ...none, answered: 21, compared: 21, disagreed: 21 }, 0)).toEqual({
    turn: 'roll_back',
    reason: '21 of 21 answers differ from those of the traffic before, more than 20 %.',
  })
})
