import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { newId } from '@graft/core/ids'
import { insertDataset, insertJob } from '@graft/db/test-rows'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collectBatches } from './bulk/collect-batches.ts'
import { collectGarbage } from './datasets/collect-garbage.ts'
import { keysById } from './keys-by-id.ts'
import { startTestApi, type TestApi } from './test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

/** Straight to the disk: the store would sync each. */
function write(key: string): void {
  const place = join(api.context.dataFolder, 'store', key)
  mkdirSync(dirname(place), { recursive: true })
  writeFileSync(place, '')
}

test('the keys of an id stay together, and every one comes once', async () => {
  for (let id = 1000; id < 2001; id += 1) write(`steps/${id}/a`)
  write('steps/1999/b')
  const steps: [string, string[]][][] = []
  for await (const keys of keysById(api.context.store, 'steps')) steps.push([...keys])
  expect(steps.map(({ length }) => length)).toEqual([1000, 1])
  expect(steps[0]!.at(-1)).toEqual(['1999', ['steps/1999/a', 'steps/1999/b']])
})

test('of more batches than a statement has parameters, and of more jobs than a step, the ended are collected', async () => {
  const { db, store } = api.context
  for (let count = 0; count < 65_535; count += 1) write(`batches/${newId('batch')}`)
  for (let count = 0; count < 1001; count += 1) write(`jobs/${newId('ftjob')}`)
  const job = await insertJob(db, await insertDataset(db, 'photos'), { state: 'cancelled' })
  const keys = [`jobs/${job}/checkpoints/1`, `batches/batch_${'0'.repeat(26)}/archive`]
  for (const key of keys) write(key)
  await collectGarbage(api.context)
  await collectBatches(api.context)
  for (const key of keys) expect(await store.size(key)).toBeUndefined()
}, 60_000)
