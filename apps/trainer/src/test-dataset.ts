// A small data set in a store of its own, cut from the example photos, for the tests.
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Manifest } from '@graft/core/wire/datasets'
import { blobKey, type ObjectStore } from '@graft/store/object-store'
import { openStore } from '@graft/store/open-store'

const EXAMPLES = join(import.meta.dirname, '..', '..', '..', 'examples', 'recycling', 'train')

export interface TestDataset {
  store: ObjectStore
  /** Where the store lies, as `openStore` takes it. */
  location: string
  manifestKey: string
  manifest: Manifest
  remove(): Promise<void>
}

/** @param counts images of each label in train, validation and test */
export async function makeTestDataset(
  labels: string[],
  counts: { train: number; validation: number; test: number },
): Promise<TestDataset> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-trainer-'))
  const location = `file:${folder}`
  const store = await openStore(location)
  const images: Manifest['images'] = []
  for (const label of labels) {
    const names = (await readdir(join(EXAMPLES, label))).sort()
    for (const split of ['train', 'validation', 'test'] as const) {
      for (const name of names.splice(0, counts[split])) {
        const bytes = await readFile(join(EXAMPLES, label, name))
        const sha256 = createHash('sha256').update(bytes).digest('hex')
        await store.put(blobKey(sha256), bytes)
        images.push({
          path: `${label}/${name}`,
          label,
          split,
          sha256,
          bytes: bytes.length,
          width: 0,
          height: 0,
        })
      }
    }
  }
  const manifest: Manifest = { dataset: 'waste', version: 1, labels, cut_splits: ['validation'], images }
  const manifestKey = 'datasets/ds_test/1/manifest.json'
  await store.put(manifestKey, Buffer.from(JSON.stringify(manifest)))
  return {
    store,
    location,
    manifestKey,
    manifest,
    async remove() {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}
