// A folder of labelled photos as the platform takes it in, in a directory store of its own, for the benches.
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, relative, resolve } from 'node:path'
import type { JudgedFile } from '../apps/api/src/datasets/judge-file.ts'
import { settleFiles } from '../apps/api/src/datasets/settle-files.ts'
import type { Manifest } from '../packages/core/src/wire/datasets.ts'
import { blobKey, type ObjectStore } from '../packages/store/src/object-store.ts'
import { openStore } from '../packages/store/src/open-store.ts'
import { inspectImage } from '../packages/vision/src/decode.ts'
import { isIgnored } from '../packages/vision/src/layout.ts'

export interface FolderDataset {
  store: ObjectStore
  /** Where the store lies, as `openStore` takes it. */
  location: string
  manifestKey: string
  manifest: Manifest
  remove(): Promise<void>
}

/**
 * The same images in the same splits as `graft push` of the folder makes: doubles and look-alikes across splits are
 * left out, a validation split is cut where there is none. The folder is only read.
 */
export async function openFolderDataset(folder: string): Promise<FolderDataset> {
  const temporary = await mkdtemp(join(tmpdir(), 'graft-bench-'))
  const location = `file:${temporary}`
  const store = await openStore(location)
  const judged: JudgedFile[] = []
  for (const path of await photosOf(folder)) {
    const content = await readFile(join(folder, path))
    const sha256 = createHash('sha256').update(content).digest('hex')
    const { type: _, ...facts } = await inspectImage(content)
    await store.put(blobKey(sha256), content)
    judged.push({ path, sha256, bytes: content.length, ...facts })
  }
  const { files, labels, cut, fault } = await settleFiles(judged)
  if (fault) throw fault
  const images = files
    .filter((file) => file.status === 'accepted')
    .map(({ path, label, split, sha256, bytes, width, height }) => {
      return { path, label, split, sha256, bytes, width, height }
    })
  const manifest: Manifest = {
    dataset: basename(resolve(folder)),
    version: 1,
    labels,
    cut_splits: cut,
    images,
  }
  const manifestKey = 'datasets/bench/1/manifest.json'
  await store.put(manifestKey, Buffer.from(JSON.stringify(manifest)))
  return {
    store,
    location,
    manifestKey,
    manifest,
    async remove() {
      await store.close()
      await rm(temporary, { recursive: true, force: true })
    },
  }
}

/** Relative paths with `/`, sorted. */
async function photosOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => path.includes('/') && !isIgnored(path))
    .sort()
}
