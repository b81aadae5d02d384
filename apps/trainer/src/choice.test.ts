import { score } from '@graft/nn/score'
import { expect, test } from 'vitest'
import type { Checkpoint } from './checkpoint.ts'
import { choose } from './choice.ts'

const IMAGES = Array.from({ length: 40 }, (_, index) => ({ sha256: '', path: '', label: index % 2 }))

/** A checkpoint that gives the right label a margin for each image. */
function checkpoint(marginOf: (index: number) => number): Checkpoint {
  const logits = Float32Array.from(
    IMAGES.flatMap(({ label }, index) => [0, 1].map((l) => (l === label ? marginOf(index) : 0))),
  )
  const evaluation = {
    ...score(
      logits,
      IMAGES.map(({ label }) => label),
    ),
    logits,
  }
  return {
    stage: 'fine_tuned',
    weights: new Map(),
    temperature: 1,
    images: IMAGES,
    evaluation,
  }
}

const good = checkpoint((index) => 2 + Math.sin(index))
const alike = checkpoint((index) => 2 + Math.sin(index + 2) - 0.05)
const bad = checkpoint((index) => Math.sin(index))

test('the lowest loss wins', () => {
  expect(choose([bad, good, alike])).toBe(good)
})

test('the preferred one wins where the images cannot tell it from the best, and loses where they can', () => {
  expect(alike.evaluation.loss).toBeGreaterThan(good.evaluation.loss)
  expect(choose([bad, good, alike], alike)).toBe(alike)
  expect(choose([bad, good, alike], bad)).toBe(good)
})
