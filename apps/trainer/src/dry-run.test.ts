import { resolveRecipe } from '@graft/core/recipes'
import { dryRunSchema } from '@graft/core/wire/jobs'
import { expect, test, vi } from 'vitest'
import { measureJob, secondsOf } from './dry-run.ts'
import { makeTestDataset } from './test-dataset.ts'

test('the time is that of what a job evaluates and trains on', () => {
  const counts = { train: 100, held: 10, test: 5 }
  const seconds = { evaluated: 1, trained: 1000 }
  const auto = resolveRecipe('auto', { epochs: 3 })
  expect(secondsOf(auto, counts, seconds)).toBe(2 * 100 + 3 * 10 + 3 * 10 + 5 + 1000 * 3 * 100)
  vi.stubEnv('GRAFT_MIN_INT8_IMAGES', '10')
  expect(secondsOf(auto, counts, seconds)).toBe(2 * 100 + 4 * 10 + 3 * 10 + 10 + 5 + 1000 * 3 * 100)
  expect(secondsOf(resolveRecipe('seed'), counts, seconds)).toBe(5 * 10 + 1000 * 5 * 100)
})

test('a dry run resolves, measures, and leaves no object behind', async () => {
  const dataset = await makeTestDataset(['glass', 'paper'], { train: 10, validation: 4, test: 4 })
  const assignment = {
    ...{ jobId: 'ftjob_dry_run', attempt: 0, dataset: '', modelName: '', seed: 1 },
    ...{ store: dataset.location, manifestKey: dataset.manifestKey, architecture: 'resnet18' as const },
    recipe: resolveRecipe('auto', { image_size: 64 }),
  }
  try {
    const measured = await measureJob(assignment, dataset.store)
    expect(dryRunSchema.parse(measured)).toEqual(measured)
    expect(measured.images).toEqual({ train: 20, validation: 8, test: 8 })
    expect(measured.hyperparameters.precision).not.toBe('auto')
    expect(measured.eta_seconds).toBeGreaterThan(0)
    expect(measured.peak_memory_bytes).toBeGreaterThan(100 * 2 ** 20)
    for await (const { key } of dataset.store.list('')) expect(key).toMatch(/^(blobs|datasets)\//)
  } finally {
    await dataset.remove()
  }
})
