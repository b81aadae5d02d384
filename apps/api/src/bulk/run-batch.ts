// One bulk prediction, from where it stands to its end: chunk by chunk, each in the store before it counts as done.
import { type GraftError, isGraftError } from '@graft/core/errors'
import type { BatchLine } from '@graft/core/wire/batches'
import { advanceBatch, type Batch, countBatch, renewBatch, succeedBatch } from '@graft/db/batches'
import { type EndpointState, readRevision } from '@graft/db/endpoints'
import type { Context } from '../context.ts'
import { mapConcurrently } from '../datasets/map-concurrently.ts'
import type { Visit } from '../serving/admission.ts'
import { askEndpoint } from '../serving/ask-model.ts'
import { decide } from '../serving/decide.ts'
import { rank } from '../serving/rank.ts'
import { type BatchImage, countFiles, imagesOf } from './images.ts'
import { joinParts, putPart } from './results.ts'

/** Images of a part, and so what a killed process has asked for nothing: a few seconds of work. */
const CHUNK = 64
/** Images in work: enough to fill a bulk batch while the next one is decoded. */
const CONCURRENCY = 8
/** Bytes of an archive's files in work, past which no other is read. */
const BYTES_IN_WORK = 64 * 1024 ** 2
/** Labels of each line: of ten thousand classes a whole ranking would be most of the file. */
const TOP = 5

/** Callers who wait are let in by what they have before them, and bulk is never before them. */
const UNCOUNTED: Visit = { hold() {}, join() {}, waitForModel: () => () => {}, finish() {}, leave() {} }

type Parts = Pick<Context, 'db' | 'store' | 'serving' | 'usage' | 'dataFolder'>

/**
 * Returns when the batch has ended, or is another's. An image that cannot be answered is a line with its fault.
 *
 * @throws the signal's reason, what the store and the database throw, GraftError `model_corrupt` where no revision can
 *   answer, and as `countFiles` where an archive is refused
 */
export async function runBatch(parts: Parts, batch: Batch, signal: AbortSignal): Promise<void> {
  const { db, store, usage } = parts
  const endpoint = await readRevision(db, batch.project, batch.endpoint, batch.revision)
  if (endpoint === undefined) throw new Error('a revision is never deleted')
  if (batch.images === 0 && !(await countBatch(db, batch, await countFiles(parts, batch, signal)))) return
  const images = imagesOf(parts, batch, signal)
  const load = { most: BYTES_IN_WORK, of: ({ bytes }: BatchImage) => bytes }
  let { done, failed } = batch
  try {
    for (;;) {
      signal.throwIfAborted()
      const ask = (image: BatchImage) => lineOf(parts, endpoint, image, signal)
      const lines = await mapConcurrently(take(images, CHUNK), CONCURRENCY, ask, load)
      if (lines.length === 0) break
      await putPart(store, batch, done, lines)
      const faults = lines.filter((line) => 'error' in line).length
      done += lines.length
      failed += faults
      if (!(await advanceBatch(db, batch, { done, failed }))) return
      if (batch.keyId !== null)
        usage.predicted({ id: batch.keyId, project: batch.project }, lines.length - faults)
    }
  } finally {
    await images.return(undefined)
  }
  if (!(await renewBatch(db, batch))) return
  await succeedBatch(db, batch, await joinParts(store, batch, signal))
}

/** The next so many, or as many as are left; the rest stays. */
async function* take<T>(items: AsyncIterator<T>, count: number): AsyncGenerator<T> {
  for (let left = count; left > 0; left -= 1) {
    const next = await items.next()
    if (next.done) return
    yield next.value
  }
}

async function lineOf(
  { serving }: Parts,
  endpoint: EndpointState,
  { of, content }: BatchImage,
  signal: AbortSignal,
): Promise<BatchLine> {
  const fault = ({ code, message }: GraftError): BatchLine => ({ ...of, error: { code, message } })
  const bytes = await content()
  // By its content an image meets the same version of a split each time.
  const question = {
    images: [bytes],
    routingKey: of.sha256 ?? of.path,
    visit: UNCOUNTED,
    signal,
    lane: 'bulk',
  } as const
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
