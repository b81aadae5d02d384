// Makes a data set version of an upload: judge each file, settle them, write the manifest, finish.
import { ERRORS, type ErrorCode, GraftError, isGraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import type { Manifest } from '@graft/core/wire/datasets'
import type { Messages } from '@graft/db/queue'
import { datasets, datasetVersions } from '@graft/db/schema'
import { manifestKey } from '@graft/store/object-store'
import { and, eq } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { VersionRow } from './dataset-versions.ts'
import { finishVersion, type Outcome } from './finish-version.ts'
import { judgeArchive } from './judge-archive.ts'
import { judgeBucket } from './judge-bucket.ts'
import type { JudgedFile } from './judge-file.ts'
import { judgeManifest } from './judge-manifest.ts'
import { type Settlement, settleFiles } from './settle-files.ts'

type Message = Messages['ingest']

/**
 * May be run again at any time: all that it writes before its last transaction is named by content or by version.
 * What is the upload's fault ends in a rejected version; what is not is thrown, and the queue tries again.
 */
export async function ingest(context: Context, message: Message, signal: AbortSignal): Promise<void> {
  const found = await findRow(context, message)
  if (found === undefined) return
  const { project, dataset, version } = found
  if (version.state === 'ingesting') {
    try {
      const outcome = await judge(
        context,
        project,
        dataset,
        version,
        AbortSignal.any([signal, context.stopping]),
      )
      await finishVersion(context, version, outcome)
      context.log.info({ project, dataset, version: version.number, ...summary(outcome) }, 'ingested')
    } catch (error) {
      // A shutdown is no fault: the upload is not to be given up because its platform was restarted three times.
      if (context.stopping.aborted) return await context.queue.send(context.db, 'ingest', message)
      await noteFault(context, message, error)
      throw error
    }
  }
  await context.store.delete(version.archiveKey)
}

/** The queue has tried as often as it may: the version is rejected with what the last try failed of. */
export async function giveUpIngest(context: Context, message: Message): Promise<void> {
  const found = await findRow(context, message)
  if (found === undefined) return
  const { errorCode, errorMessage, ...version } = found.version
  const code: ErrorCode = errorCode !== null && errorCode in ERRORS ? (errorCode as ErrorCode) : 'internal'
  const fault = new GraftError(code, errorMessage ?? 'The upload could not be ingested; the log says why.')
  await finishVersion(context, version, { fault })
  // What was uploaded is kept where it was not at fault: its bytes were acknowledged.
  if (isOfUpload(code)) await context.store.delete(version.archiveKey)
}

async function judge(
  context: Context,
  project: Project,
  dataset: string,
  version: VersionRow,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const settlement = await settleFiles(await judgeFiles(context, project, version, signal))
    if (settlement.fault) return { settlement, fault: settlement.fault }
    const { sha256 } = await context.store.put(
      manifestKey(version.datasetId, version.number),
      writeManifest(dataset, version.number, settlement),
    )
    return { settlement, manifestSha256: sha256 }
  } catch (error) {
    if (isGraftError(error) && isOfUpload(error.code)) return { fault: error }
    throw error
  }
}

function judgeFiles(
  context: Context,
  project: Project,
  version: VersionRow,
  signal: AbortSignal,
): Promise<JudgedFile[]> {
  const { archiveKey: key, archiveType: type } = version
  if (type === 'manifest') return judgeManifest(context, project, key, signal)
  if (type === 's3') return judgeBucket(context, project, key, signal)
  return judgeArchive(context, project, { key, type }, signal)
}

const isOfUpload = (code: ErrorCode) =>
  code.startsWith('archive_') || code === 'checksum_mismatch' || code === 'blobs_missing'

/** Images of one piece of a manifest: less than 128 KiB, as the rows of `finishVersion`. */
const PIECE = 400

/** A `Manifest` as JSON, in pieces: a hundred thousand images are tens of megabytes of it. */
async function* writeManifest(
  dataset: string,
  version: number,
  { files, labels, cut }: Settlement,
): AsyncGenerator<Uint8Array> {
  const head: Omit<Manifest, 'images'> = { dataset, version, labels, cut_splits: cut }
  let piece = `${JSON.stringify(head).slice(0, -1)},"images":[`
  let count = 0
  for (const file of files) {
    if (file.status !== 'accepted') continue
    const { path, label, split, sha256, bytes, width, height } = file
    const image: Manifest['images'][number] = { path, label, split, sha256, bytes, width, height }
    piece += `${count === 0 ? '' : ','}${JSON.stringify(image)}`
    count += 1
    if (count % PIECE > 0) continue
    yield Buffer.from(piece)
    piece = ''
  }
  yield Buffer.from(`${piece}]}`)
}

async function findRow(
  { db }: Context,
  { dataset_id, version }: Message,
): Promise<{ project: Project; dataset: string; version: VersionRow } | undefined> {
  const [row] = await db
    .select({ project: datasets.project, dataset: datasets.name, version: datasetVersions })
    .from(datasetVersions)
    .innerJoin(datasets, eq(datasets.id, datasetVersions.datasetId))
    .where(and(eq(datasetVersions.datasetId, dataset_id), eq(datasetVersions.number, version)))
  return row
}

/** The dead letter of the queue carries the message alone, so the row keeps why its last try failed. */
async function noteFault({ db, log }: Context, message: Message, error: unknown): Promise<void> {
  log.error({ err: error, ...message }, 'ingest failed')
  if (!isGraftError(error)) return
  await db
    .update(datasetVersions)
    .set({ errorCode: error.code, errorMessage: error.message })
    .where(
      and(
        eq(datasetVersions.datasetId, message.dataset_id),
        eq(datasetVersions.number, message.version),
        eq(datasetVersions.state, 'ingesting'),
      ),
    )
}

function summary(outcome: Outcome) {
  const files = outcome.settlement?.files.length ?? 0
  return 'fault' in outcome
    ? { status: 'rejected', code: outcome.fault.code, files }
    : { status: 'ready', files }
}
