import type { Report, SplitReport } from '@graft/core/wire/report'
import { expect, test } from 'vitest'
import { renderReport } from './report-page.ts'

const LABELS = ['cat', '<script>alert(1)</script>']
const split: SplitReport = {
  images: 20,
  accuracy: 0.85,
  loss: 0.4,
  confusion: [
    [9, 1],
    [2, 8],
  ],
  classes: [
    { label: 'cat', precision: 9 / 11, recall: 0.9, f1: 0.857, support: 10 },
    { label: 'owl', precision: null, recall: null, f1: null, support: 0 },
  ],
  calibration: { ece: 0.031, ece_uncalibrated: 0.092, bins: [] },
  thresholds: [{ threshold: 0.9, coverage: 0.55, accuracy: 1 }],
  top_losses: [
    { path: 'cat/1.jpg', sha256: 'a', label: 'cat', predicted: 'dog', confidence: 0.97, loss: 3.5 },
    { path: 'cat/2.jpg', sha256: 'b', label: 'cat', predicted: 'dog', confidence: 0.96, loss: 3.2 },
  ],
}
const report: Report = {
  object: 'model.report',
  labels: LABELS,
  curve: [
    { stage: 'probe', epoch: 0, validation_loss: 0.5, validation_accuracy: 0.8 },
    { stage: 'fine_tuned', epoch: 1, train_loss: 0.6, validation_loss: 0.4, validation_accuracy: 0.85 },
    { stage: 'average', epoch: 1, train_loss: 0.6, validation_loss: 0.39, validation_accuracy: 0.86 },
  ],
  training: { seconds: 93, images_per_second: 21.04, waiting: 0.017, peak_memory_bytes: 1200 * 2 ** 20 },
  int8: { served: true, speedup: 2.5, accuracy: { float32: 0.5, int8: 0.75 } },
  temperature: 0.8,
  splits: { validation: split },
}

test('shows what the report says, and nothing of other places', async () => {
  const thumbnails = new Map([['a', 'data:image/webp;base64,AAAA']])
  const page = await renderReport({ reference: 'pets@2', report, thumbnails })
  for (const text of [
    'pets@2',
    '85.0 %',
    '81.8 %',
    '3.1 %',
    '9.2 %',
    '55.0 %',
    'epoch 1',
    '1.7 %',
    '1200 MiB',
    'answered dog, 97.0 %',
  ]) {
    expect(page).toContain(text)
  }
  expect(page.match(/<polyline/g)).toHaveLength(3) // two losses, one accuracy
  expect(page.match(/<img/g)).toHaveLength(1) // the other image is gone from the store
  expect(page).not.toMatch(/https?:|<script/)
})

test('shows the confusions of many labels', async () => {
  const labels = Array.from({ length: 400 }, (_, at) => `label ${at}`)
  const confusion = labels.map((_, row) => labels.map((_, column) => Number(row === column)))
  const many = { ...report, labels, splits: { validation: { ...split, confusion } } }
  const page = await renderReport({ reference: 'many@1', report: many, thumbnails: new Map() })
  expect(page).toContain('<th>label 399</th>')
})

test('a curve of one point has it in the middle, and each label once', async () => {
  const one: Report = { ...report, curve: report.curve.slice(0, 1) }
  const page = await renderReport({ reference: 'pets@1', report: one, thumbnails: new Map() })
  const [loss] = page.split('</svg>')
  expect(loss!.match(/>epoch 0</g)).toHaveLength(1)
  expect(loss!.match(/>0\.50</g)).toHaveLength(1)
  const [, width, height] = loss!.match(/viewBox="0 0 (\d+) (\d+)"/)!.map(Number)
  expect(loss).toContain(`cx="${(width! / 2).toFixed(1)}" cy="${(height! / 2).toFixed(1)}"`)
})
