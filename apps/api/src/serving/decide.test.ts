import { expect, test } from 'vitest'
import { decide, thresholdFor } from './decide.ts'

const TABLE = [
  { threshold: 0, coverage: 1, accuracy: 0.8 },
  { threshold: 0.5, coverage: 0.9, accuracy: 0.9 },
  { threshold: 0.9, coverage: 0.4, accuracy: 0.97 },
  { threshold: 0.99, coverage: 0, accuracy: null },
]
const settings = { threshold: 0.6, precision: null as number | null, thresholds: { cat: 0.2 } }
const answer = (label: string, confidence: number) => ({ label, confidence })

test('a precision means the least threshold that reaches it', () => {
  expect([0.5, 0.8, 0.85, 0.95, 0.97].map((precision) => thresholdFor(precision, TABLE))).toEqual([
    0, 0, 0.5, 0.9, 0.9,
  ])
  expect(thresholdFor(0.98, TABLE)).toBeUndefined()
  expect(thresholdFor(0.5, [])).toBeUndefined()
})

test("a label's own threshold goes before the stated precision, and that before the threshold", () => {
  expect(decide(settings, answer('dog', 0.6), TABLE)).toEqual({ decision: 'accept', threshold: 0.6 })
  expect(decide(settings, answer('cat', 0.3), TABLE)).toEqual({ decision: 'accept', threshold: 0.2 })
  const stated = { ...settings, precision: 0.95 }
  expect(decide(stated, answer('dog', 0.8), TABLE)).toEqual({ decision: 'abstain', threshold: 0.9 })
  expect(decide(stated, answer('cat', 0.3), TABLE)).toEqual({ decision: 'accept', threshold: 0.2 })
})

test('a model that has never been that precise accepts nothing', () => {
  const stated = { ...settings, precision: 0.99 }
  expect(decide(stated, answer('dog', 1), TABLE)).toEqual({ decision: 'abstain', threshold: null })
})
