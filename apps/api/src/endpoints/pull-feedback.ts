// Makes a data set version out of feedback: what the endpoint was asked, under the labels that would have been right.
import { GraftError } from '@graft/core/errors'
import { type Project, requireName } from '@graft/core/names'
import type { Manifest } from '@graft/core/wire/datasets'
import type { PulledFeedback } from '@graft/core/wire/feedback'
import { listLabelled } from '@graft/db/captures'
import { isNamed } from '@graft/db/is-named'
import { datasets, datasetVersions } from '@graft/db/schema'
import { and, desc, eq, ne } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { findVersion } from '../datasets/dataset-versions.ts'
import { pushFolder } from '../datasets/folder-push.ts'
import { pathsOf, readManifest } from '../datasets/version-images.ts'
import { findEndpoint } from './find-endpoint.ts'

type Image = Omit<Manifest['images'][number], 'width' | 'height'>

/**
 * The version is made as any pushed folder is, and its duplicates, lookalikes and contradictions are judged so. To a
 * data set that is there new images come into the training split, so that models before and after are measured on the
 * same; an image that it has already gets the label that all feedback on it agrees on. A new data set has its splits cut.
 *
 * @throws GraftError `not_found`, `invalid_name`; `state_conflict` where no kept image has a label;
 *   `dataset_not_ready` while the newest version is ingested; as `pushFolder`
 */
export async function pullFeedback(
  context: Context,
  project: Project,
  name: string,
  dataset: string,
): Promise<PulledFeedback> {
  requireName(dataset, 'data set')
  const rows = await listLabelled(context.db, (await findEndpoint(context.db, project, name)).id)
  if (rows.length === 0) {
    throw new GraftError('state_conflict', `No image that ${name} has kept has got a label yet.`)
  }
  const fresh: Image[] = rows.map(({ id, type, label, sha256 }) => {
    return { path: `${id}.${type === 'jpeg' ? 'jpg' : type}`, label, split: 'train', sha256, bytes: 0 }
  })
  const number = await newestReady(context, project, dataset)
  if (number === undefined) {
    const files = fresh.map(({ label, path, sha256 }) => ({ path: `${label}/${path}`, sha256 }))
    const version = await pushFolder(context, project, dataset, files)
    return { object: 'feedback.pull', version, added: files.length, relabelled: 0, known: 0 }
  }
  const { images } = await readManifest(context, project, dataset, number)
  const { merged, ...counts } = merge(images, fresh)
  const version =
    counts.added + counts.relabelled === 0
      ? await findVersion(context.db, project, dataset, number)
      : await pushFolder(context, project, dataset, withPaths(merged))
  return { object: 'feedback.pull', version, ...counts }
}

/** What an edit of the data set and a folder more would be. */
function merge(images: readonly Image[], fresh: readonly Image[]) {
  const labels = Map.groupBy(fresh, ({ sha256 }) => sha256)
  const has = new Map(images.map((image) => [image.sha256, image]))
  const counts = { added: 0, relabelled: 0, known: 0 }
  const merged = [...images]
  for (const [sha256, copies] of labels) {
    const [{ label } = { label: '' }] = copies
    const image = has.get(sha256)
    if (image === undefined || copies.some((copy) => copy.label !== label)) {
      merged.push(...copies)
      counts.added += copies.length
    } else if (image.label === label) counts.known += copies.length
    else {
      merged[images.indexOf(image)] = { ...image, label }
      counts.relabelled += 1
    }
  }
  return { merged, ...counts }
}

function withPaths(images: readonly Image[]) {
  const paths = pathsOf(images)
  return images.map(({ sha256, bytes }, at) => ({
    path: paths[at] ?? sha256,
    sha256,
    ...(bytes > 0 && { bytes }),
  }))
}

/**
 * Undefined where there is none: a version that was rejected leads nowhere.
 * @throws GraftError `dataset_not_ready`
 */
async function newestReady(
  { db }: Pick<Context, 'db'>,
  project: Project,
  dataset: string,
): Promise<number | undefined> {
  const [newest] = await db
    .select({ number: datasetVersions.number, state: datasetVersions.state })
    .from(datasetVersions)
    .innerJoin(datasets, eq(datasets.id, datasetVersions.datasetId))
    .where(and(isNamed(datasets, project, dataset), ne(datasetVersions.state, 'rejected')))
    .orderBy(desc(datasetVersions.number))
    .limit(1)
  if (newest?.state !== 'ingesting') return newest?.number
  throw new GraftError('dataset_not_ready', `${dataset}@${newest.number} is ingesting.`)
}
