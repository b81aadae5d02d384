import { splitReportSchema } from '@graft/core/wire/report'
import { score } from '@graft/nn/score'
import { expect, test } from 'vitest'
import type { Checkpoint } from './checkpoint.ts'
import { reportSplit } from './split-report.ts'

/** Six images of two labels: two cats, one of them taken for a dog, and four dogs that are seen as such. */
const LABELS = [0, 0, 1, 1, 1, 1]
const LOGITS = Float32Array.of(2, 0, 0, 3, 0, 1, 0, 1, 0, 1, 0, 1)
const images = LABELS.map((label, index) => ({ sha256: `hash${index}`, path: `${index}.jpg`, label }))
const checkpoint: Checkpoint = {
  stage: 'fine_tuned',
  weights: new Map(),
  temperature: 0.5,
  images,
  evaluation: { ...score(LOGITS, LABELS), logits: LOGITS },
}
const report = reportSplit(checkpoint, ['cat', 'dog'])
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

test('counts confusions, and the rates that follow from them', () => {
  expect(splitReportSchema.parse(report)).toEqual(report)
  expect(report).toMatchObject({
    images: 6,
    accuracy: 5 / 6,
    confusion: [
      [1, 1],
      [0, 4],
    ],
  })
  expect(report.classes).toEqual([
    { label: 'cat', precision: 1, recall: 0.5, f1: 2 / 3, support: 2 },
    { label: 'dog', precision: 0.8, recall: 1, f1: 8 / 9, support: 4 },
  ])
})

test('tells the answer for each image', () => {
  expect(report.answers).toHaveLength(6)
  expect(report.answers?.[1]).toEqual({
    path: '1.jpg',
    sha256: 'hash1',
    label: 'cat',
    predicted: 'dog',
    confidence: expect.closeTo(sigmoid(3)),
  })
})

test('a label that nothing was answered with has no precision', () => {
  const { classes } = reportSplit(checkpoint, ['cat', 'dog', 'owl'])
  expect(classes[2]).toEqual({ label: 'owl', precision: null, recall: null, f1: null, support: 0 })
})

test('measures how far confidences are from accuracies, with the temperature and without', () => {
  const [one, two, three] = [sigmoid(1), sigmoid(2), sigmoid(3)]
  expect(report.calibration.ece).toBeCloseTo((4 * (1 - one) + (1 - two) + three) / 6, 5)
  const without = [0.5, 1, 1.5].map(sigmoid) as [number, number, number]
  // Half the logits: the four dogs fall into one bin; the two others into bins of their own.
  expect(report.calibration.ece_uncalibrated).toBeCloseTo(
    (4 * (1 - without[0]) + (1 - without[1]) + without[2]) / 6,
    5,
  )
})

test('thresholds trade coverage for accuracy', () => {
  const at = (threshold: number) => report.thresholds.find((row) => row.threshold === threshold)
  expect(at(0)).toEqual({ threshold: 0, coverage: 1, accuracy: 5 / 6 })
  expect(at(0.8)).toEqual({ threshold: 0.8, coverage: 2 / 6, accuracy: 0.5 })
  expect(at(0.99)).toEqual({ threshold: 0.99, coverage: 0, accuracy: null })
})

test('the worst mistake comes first', () => {
  expect(report.top_losses[0]).toMatchObject({
    path: '1.jpg',
    sha256: 'hash1',
    label: 'cat',
    predicted: 'dog',
  })
  expect(report.top_losses[0]?.loss).toBeCloseTo(3.0486, 3)
})
