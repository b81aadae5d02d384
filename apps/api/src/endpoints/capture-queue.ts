// Keeps a share of the images that endpoints are asked about, behind the answers: a prediction never waits for it.
//
// What is to be kept waits in memory, bounded by its bytes. What has no room there, or cannot be stored, is lost, and
// counted. Each image is a blob: it gets its claim, then its bytes, then the row that holds it.
import { hash } from 'node:crypto'
import { type GraftError, isGraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { Project } from '@graft/core/names'
import type { Prediction } from '@graft/core/wire/predictions'
import { insertCaptures, type NewCapture } from '@graft/db/captures'
import type { Database } from '@graft/db/database'
import type { EndpointState } from '@graft/db/endpoints'
import { blobKey, type ObjectStore } from '@graft/store/object-store'
import { IMAGE_HEAD_BYTES, sniffImage } from '@graft/vision/sniff'
import type { Logger } from 'pino'
import { Counter, type Registry } from 'prom-client'
import { claimBlobs, noteStored } from '../datasets/blobs.ts'
import type { Question } from '../serving/ask-model.ts'
import { openRoom } from '../usage/stored-bytes.ts'
import { uncertaintyOf } from './uncertainty.ts'

/** Images that are kept in one go: a claim and a row of each cost one statement for all. */
const BATCH = 16
/** Labels of an answer that are kept. */
const TOP = 5

export interface CaptureQueue {
  /** Returns at once. The answers have all of their labels. */
  offer(
    endpoint: EndpointState,
    images: Question['images'],
    answers: readonly (Prediction | GraftError)[],
  ): void
  /** Resolves when all that this process was offered is kept, or lost. */
  settled(): Promise<void>
  /**
   * Stores images as blobs, whoever keeps a row of them. Outside of any transaction: a blob has its row before its bytes.
   * @returns their hashes, in order. Throws what database and store throw.
   */
  storeImages(project: Project, images: readonly Uint8Array[]): Promise<string[]>
  close(): Promise<void>
}

interface Waiting {
  project: Project
  endpoint: string
  image: Uint8Array
  row: Omit<NewCapture, 'sha256'>
}

interface Parts {
  db: Database
  store: ObjectStore
  log: Logger
  registry: Registry
}

export function openCaptureQueue({ db, store, log, registry }: Parts): CaptureQueue {
  const outcomes = new Counter({
    name: 'graft_captures_total',
    help: 'Images that were to be kept: kept, dropped since too many waited, or failed to be stored.',
    labelNames: ['project', 'endpoint', 'outcome'] as const,
    registers: [registry],
  })
  const room = openRoom(db)
  const waiting: Waiting[] = []
  let bytes = 0
  /** Images that were taken, and those of them that are kept or lost. */
  const count = { taken: 0, done: 0 }
  let isWorking = false
  let round: Promise<void> = Promise.resolve()

  async function work(): Promise<void> {
    isWorking = true
    while (waiting.length > 0) {
      const [{ project }] = waiting as [Waiting]
      const end = waiting.findIndex((other) => other.project !== project)
      round = keepOrLose(project, waiting.splice(0, Math.min(BATCH, end < 0 ? BATCH : end)))
      await round
    }
    isWorking = false
  }

  async function keepOrLose(project: Project, batch: readonly Waiting[]): Promise<void> {
    const outcome = await keep(project, batch).then(
      () => 'kept',
      (err: Error) => {
        log.warn({ err, images: batch.length }, 'images are not kept')
        return 'failed'
      },
    )
    for (const { project, endpoint, image } of batch) {
      bytes -= image.byteLength
      outcomes.inc({ project, endpoint, outcome })
    }
    count.done += batch.length
  }

  async function keep(project: Project, batch: readonly Waiting[]): Promise<void> {
    const hashes = await storeImages(
      project,
      batch.map(({ image }) => image),
    )
    const rows = batch.map(({ row }, at) => ({ ...row, sha256: hashes[at] ?? '' }))
    await insertCaptures(db, rows)
  }

  async function settled(): Promise<void> {
    const until = count.taken
    while (count.done < until) await round
  }

  async function storeImages(project: Project, images: readonly Uint8Array[]): Promise<string[]> {
    const hashes = images.map((image) => hash('sha256', image))
    const distinct = new Map(hashes.map((sha256, at) => [sha256, images[at] ?? new Uint8Array()]))
    await room.require(project)
    const rows = await claimBlobs(db, project, distinct.keys())
    // Also what another project has sent: the time that it takes tells nobody of that.
    const isThere = (sha256: string) => rows.get(sha256)?.isStored && rows.get(sha256)?.isOurs
    const missing = [...distinct].filter(([sha256]) => !isThere(sha256))
    await Promise.all(missing.map(([sha256, image]) => store.put(blobKey(sha256), image, { sha256 })))
    await noteStored(
      db,
      project,
      [...distinct].map(([sha256, image]) => ({ sha256, bytes: image.byteLength })),
    )
    return hashes
  }

  return {
    offer({ id: endpointId, project, name: endpoint, capture }, images, answers) {
      if (capture === null) return
      for (const [at, answer] of answers.entries()) {
        const image = images[at]
        if (isGraftError(answer) || !(image instanceof Uint8Array) || Math.random() >= capture.share) continue
        const type = sniffImage(image.subarray(0, IMAGE_HEAD_BYTES))
        if (type === undefined) continue
        if (bytes + image.byteLength > limit('captureQueueBytes')) {
          outcomes.inc({ project, endpoint, outcome: 'dropped' })
          continue
        }
        const { id, model, predictions } = answer
        const uncertainty = uncertaintyOf(predictions.map(({ confidence }) => confidence))
        const days = capture.retention_days
        const row = { endpointId, id, type, model, uncertainty, days, predictions: predictions.slice(0, TOP) }
        bytes += image.byteLength
        count.taken += 1
        waiting.push({ project, endpoint, image, row })
      }
      if (!isWorking) void work()
    },
    settled,
    storeImages,
    close: settled,
  }
}
