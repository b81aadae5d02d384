import { resolveRecipe } from '@graft/core/recipes'
import { dryRunSchema } from '@graft/core/wire'
import { expect, test } from 'vitest'
import { measureJob } from './dry-run.ts'
import { makeTestDataset } from './test-dataset.ts'

test('a dry run resolves, measures, and leaves nothing behind', async () => {
  const dataset = await makeTestDataset(['glass', 'paper'], { train: 10, validation: 4, test: 4 })
  const ask = (epochs: number) =>
    measureJob(
      {
        ...{ jobId: 'ftjob_dry_run', attempt: 0, dataset: '', modelName: '', seed: 1 },
        ...{ store: dataset.location, manifestKey: dataset.manifestKey, architecture: 'resnet18' },
        recipe: resolveRecipe('auto', { image_size: 64, epochs }),
      },
      dataset.store,
    )
  try {
    const [short, long] = [await ask(1), await ask(200)]
    expect(dryRunSchema.parse(short)).toEqual(short)
    expect(short.images).toEqual({ train: 20, validation: 8, test: 8 })
    expect(short.hyperparameters.precision).not.toBe('auto')
    expect(long.eta_seconds).toBeGreaterThan(5 * short.eta_seconds)
    expect(short.peak_memory_bytes).toBeGreaterThan(100 * 2 ** 20)
    for await (const { key } of dataset.store.list('')) expect(key).toMatch(/^(blobs|datasets)\//)
  } finally {
    await dataset.remove()
  }
})
