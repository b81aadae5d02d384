// Takes weights that were trained elsewhere as a version of a model, which is then served and exported as any other.
import '@graft/nn/no-telemetry'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { GraftError } from '@graft/core/errors'
import { newId } from '@graft/core/ids'
import { limit } from '@graft/core/limits'
import { type Project, requireName } from '@graft/core/names'
import type { ModelFile } from '@graft/core/wire/models'
import type { Database } from '@graft/db/database'
import type { ModelVersionRecord } from '@graft/db/models'
import { insertVersion, type NewModelVersion } from '@graft/db/publication'
import type { ObjectStore } from '@graft/store/object-store'
import type { Context } from '../context.ts'
import { createGate } from '../serving/gate.ts'
import { startThread } from '../thread.ts'
import { findVersion } from './find-models.ts'
import { readImportForm } from './import-form.ts'
import type { ImportAnswer, ImportQuestion } from './import-worker.ts'

/** One at a time: each holds some copies of its weights in memory. A body arrives before its turn. */
const turn = createGate(1, 8)

/** The folder of an import's files tells when it began: what no version names goes a day later. */
export const IMPORT_PREFIX = 'import'

/** A version that only lacks its row. */
export type PreparedImport = NewModelVersion & { name: string }

/**
 * Takes in the form, then, when its turn comes, puts all files of the version into the store: it has no row yet.
 *
 * @throws GraftError `invalid_name`, `weights_invalid`, `weights_too_slow`, `overloaded`, as `readImportForm`, and what
 *   the store throws
 */
export async function prepareImport(
  { store, dataFolder }: Pick<Context, 'store' | 'dataFolder'>,
  name: string,
  request: Request,
): Promise<PreparedImport> {
  requireName(name, 'model')
  const place = join(dataFolder, 'tmp', `${crypto.randomUUID()}.weights`)
  try {
    const { labels, preprocessing } = await readImportForm(request, place)
    const { value } = await turn(async () => {
      const answer = await examine({ place, labels, preprocessing })
      const { format, sha256, architecture, onnx, safetensors, golden, images } = answer
      const lineage = { imported: { format, sha256 } }
      const card = { model: name, stage: 'imported', architecture, labels, lineage, metrics: {} }
      const files = await storeFiles(store, {
        'model.onnx': onnx,
        'model.safetensors': safetensors,
        'labels.json': json(labels),
        'preprocessing.json': json(preprocessing),
        'golden.json': json(golden),
        'card.json': json({ ...card, created_at: new Date().toISOString() }),
        // Blobs go when no data set names them, so the images of these golden examples are the version's own.
        ...Object.fromEntries(images.map((image, index) => [`golden-${index + 1}.png`, image])),
      })
      return { name, stage: 'imported' as const, architecture, labels, preprocessing, metrics: {}, files }
    })
    return value
  } finally {
    await rm(place, { force: true })
  }
}

/** As the next version of its model. */
export async function registerImport(
  db: Database,
  project: Project,
  { name, ...version }: PreparedImport,
): Promise<ModelVersionRecord> {
  const reference = await db.transaction((tx) =>
    insertVersion(tx, project, name, { ...version, jobId: null }),
  )
  return await findVersion(db, project, reference)
}

async function storeFiles(
  store: ObjectStore,
  contents: Record<string, Uint8Array>,
): Promise<Record<string, ModelFile>> {
  const folder = newId(IMPORT_PREFIX)
  const files: Record<string, ModelFile> = {}
  for (const [file, bytes] of Object.entries(contents)) {
    const key = `models/${folder}/${file}`
    files[file] = { key, ...(await store.put(key, bytes)) }
  }
  return files
}

/** In a thread of its own, which gives back all that it has held, and is ended when it takes too long. */
async function examine(question: ImportQuestion): Promise<ImportAnswer> {
  const seconds = limit('importSeconds')
  const thread = startThread<ImportQuestion, ImportAnswer>(new URL('./import-worker.ts', import.meta.url))
  const late = Promise.withResolvers<never>()
  const clock = setTimeout(() => {
    late.reject(new GraftError('weights_too_slow', `The file was not read within ${seconds} seconds.`))
  }, seconds * 1000)
  try {
    return await Promise.race([thread.ask(question), late.promise])
  } finally {
    clearTimeout(clock)
    await thread.kill()
  }
}

function json(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`)
}
