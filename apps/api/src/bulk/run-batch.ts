// One bulk prediction, from where it stands to its end: chunk by chunk, each in the store before it counts as done.
import { type GraftError, isGraftError } from '@graft/core/errors'
import { type BatchLine, type Manifest, manifestSchema } from '@graft/core/wire'
import { advanceBatch, type Batch, renewBatch, succeedBatch } from '@graft/db/batches'
import { type EndpointState, readRevision } from '@graft/db/endpoints'
import { blobKey } from '@graft/store/object-store'
import type { Context } from '../context.ts'
import { mapConcurrently } from '../datasets/map-concurrently.ts'
import type { Visit } from '../serving/admission.ts'
import { askEndpoint } from '../serving/ask-model.ts'
import { decide } from '../serving/decide.ts'
import { rank } from '../serving/rank.ts'
import { joinParts, putPart } from './results.ts'

type Image = Manifest['images'][number]

/** Images of a part, and so what a killed process has asked for nothing: a few seconds of work. */
const CHUNK = 64
/** Images in work: enough to fill a bulk batch while the next one is decoded. */
const CONCURRENCY = 8
/** Labels of each line: of ten thousand classes a whole ranking would be most of the file. */
const TOP = 5

/** Callers who wait are let in by what they have before them, and bulk is never before them. */
const UNCOUNTED: Visit = { hold() {}, join() {}, finish() {}, leave() {} }

type Parts = Pick<Context, 'db' | 'store' | 'serving'>

/**
 * Returns when the batch has ended, or is another's. An image that cannot be answered is a
 * line with its fault.
 *
 * @throws the signal's reason, what the store and the database throw, and GraftError `model_corrupt` where no revision can answer
 */
export async function runBatch(parts: Parts, batch: Batch, signal: AbortSignal): Promise<void> {
  const { db, store } = parts
  const endpoint = await readRevision(db, batch.endpoint, batch.revision)
  if (endpoint === undefined) throw new Error('a revision is never deleted')
  const manifest = manifestSchema.parse(JSON.parse(String(await store.read(batch.manifestKey))))
  const images = manifest.images.filter(({ split }) => batch.split === null || split === batch.split)
  let { done, failed } = batch
  while (done < images.length) {
    signal.throwIfAborted()
    const chunk = images.slice(done, done + CHUNK)
    const lines = await mapConcurrently(each(chunk), CONCURRENCY, (image) =>
      lineOf(parts, endpoint, image, signal),
    )
    await putPart(store, batch, done, lines)
    done += chunk.length
    failed += lines.filter((line) => 'error' in line).length
    if (await advanceBatch(db, batch, { done, failed })) continue
    return
  }
  if (!(await renewBatch(db, batch))) return
  await succeedBatch(db, batch, await joinParts(store, batch, signal))
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

async function lineOf(
  { store, serving }: Parts,
  endpoint: EndpointState,
  { path, split, label, sha256 }: Image,
  signal: AbortSignal,
): Promise<BatchLine> {
  const of = { path, split, label, sha256 }
  const fault = ({ code, message }: GraftError): BatchLine => ({ ...of, error: { code, message } })
  const bytes = await store.read(blobKey(sha256)).catch((error: unknown) => {
    // The version, and then its images, may have been deleted meanwhile.
    if (isGraftError(error, 'not_found')) return error
    throw error
  })
  // By its content an image meets the same version of a split each time.
  const question = { images: [bytes], routingKey: sha256, visit: UNCOUNTED, signal, lane: 'bulk' } as const
  const [answer] = await askEndpoint(
    serving,
    endpoint,
    question,
    ({ row }, model, { state, fallback }): BatchLine => {
      const predictions = rank(model.labels, row.logits)
      return {
        ...of,
        model: model.reference,
        ...(fallback && { fallback }),
        predictions: predictions.slice(0, TOP),
        ...decide(state, predictions[0], model.thresholds),
      }
    },
  )
  if (answer === undefined) throw new Error('each image has an answer')
  return isGraftError(answer) ? fault(answer) : answer
}
