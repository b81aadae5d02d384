// Takes weights that were trained elsewhere as a version of a model, which is then served and exported as any other.
import { hash } from 'node:crypto'
import { newId } from '@graft/core/ids'
import { requireName } from '@graft/core/names'
import type { ModelFile } from '@graft/core/wire'
import type { ModelVersionRecord } from '@graft/db/models'
import { insertVersion } from '@graft/db/publication'
import type { Context } from '../context.ts'
import { createGate } from '../serving/gate.ts'
import { startThread } from '../serving/thread.ts'
import { findVersion } from './find-models.ts'
import type { ImportForm } from './import-form.ts'
import type { ImportAnswer, ImportQuestion } from './import-worker.ts'

/** One at a time: each holds some copies of its file in memory. */
const turn = createGate(1, 8)

/** The folder of an import's files tells when it began: what no version names goes a day later. */
export const IMPORT_PREFIX = 'import'

/**
 * All of its files are in the store before there is a row.
 *
 * @throws GraftError `invalid_name`, `weights_invalid`, `overloaded`, and what the store throws
 */
export async function importModel(
  { db, store }: Pick<Context, 'db' | 'store'>,
  name: string,
  read: () => Promise<ImportForm>,
): Promise<ModelVersionRecord> {
  requireName(name, 'model')
  const { value } = await turn(async () => {
    const form = await read()
    const { labels, preprocessing } = form
    const { format, architecture, onnx, safetensors, golden, images } = await examine(form)
    const lineage = { imported: { format, sha256: hash('sha256', form.bytes) } }
    const card = { model: name, stage: 'imported', architecture, labels, lineage, metrics: {} }
    const contents: Record<string, Uint8Array> = {
      'model.onnx': onnx,
      'model.safetensors': safetensors,
      'labels.json': json(labels),
      'preprocessing.json': json(preprocessing),
      'golden.json': json(golden),
      'card.json': json({ ...card, created_at: new Date().toISOString() }),
      // Blobs go when no data set names them, so the images of these golden examples are the version's own.
      ...Object.fromEntries(images.map((image, index) => [`golden-${index + 1}.png`, image])),
    }
    const folder = newId(IMPORT_PREFIX)
    const files: Record<string, ModelFile> = {}
    for (const [file, bytes] of Object.entries(contents)) {
      const key = `models/${folder}/${file}`
      files[file] = { key, ...(await store.put(key, bytes)) }
    }
    const version = { stage: 'imported' as const, architecture, labels, preprocessing, metrics: {}, files }
    const row = { ...version, jobId: null }
    const reference = await db.transaction((tx) => insertVersion(tx, name, row))
    return await findVersion(db, reference)
  })
  return value
}

/** In a thread of its own, which gives back all that it has held. */
async function examine(form: ImportForm): Promise<ImportAnswer> {
  const file = new URL('./import-worker.ts', import.meta.url)
  const thread = startThread<ImportQuestion, ImportAnswer>(file)
  try {
    return await thread.ask(form)
  } finally {
    await thread.close()
  }
}

function json(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`)
}
