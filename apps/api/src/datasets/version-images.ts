// The images of a version as bytes: one of them, its thumbnail, or all as a zip.
import type { Readable } from 'node:stream'
import { GraftError, isGraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import { type Manifest, manifestSchema } from '@graft/core/wire/datasets'
import { isNamed } from '@graft/db/is-named'
import { datasetFiles, datasets, datasetVersions } from '@graft/db/schema'
import { blobKey, manifestKey, thumbnailKey } from '@graft/store/object-store'
import { makeThumbnail } from '@graft/vision/decode'
import { IMAGE_HEAD_BYTES, sniffImage } from '@graft/vision/sniff'
import { and, eq, isNotNull } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { lazyZip } from '../lazy-zip.ts'
import { noVersion } from './dataset-versions.ts'

/**
 * The original bytes, and their type by content.
 * @throws GraftError `not_found`
 */
export async function readImage(
  context: Context,
  project: Project,
  name: string,
  number: number,
  sha256: string,
): Promise<{ type: string; bytes: Buffer }> {
  await requireImage(context, project, name, number, sha256)
  const bytes = await context.store.read(blobKey(sha256))
  const type = sniffImage(bytes.subarray(0, IMAGE_HEAD_BYTES))
  return { type: type === undefined ? 'application/octet-stream' : `image/${type}`, bytes }
}

/**
 * WebP of 256 pixels at most, made when it is first asked for and kept beside the image.
 * @throws GraftError `not_found`
 */
export async function readThumbnail(
  context: Context,
  project: Project,
  name: string,
  number: number,
  sha256: string,
): Promise<Buffer> {
  await requireImage(context, project, name, number, sha256)
  const { store } = context
  try {
    return await store.read(thumbnailKey(sha256))
  } catch (error) {
    if (!isGraftError(error, 'not_found')) throw error
  }
  const thumbnail = await makeThumbnail(await store.read(blobKey(sha256)))
  await store.put(thumbnailKey(sha256), thumbnail)
  return thumbnail
}

/** Of files that are images, whatever else spoke against them. */
async function requireImage(
  { db }: Context,
  project: Project,
  name: string,
  number: number,
  sha256: string,
): Promise<void> {
  const [row] = await db
    .select({ position: datasetFiles.position })
    .from(datasetFiles)
    .innerJoin(datasets, eq(datasets.id, datasetFiles.datasetId))
    .where(
      and(
        isNamed(datasets, project, name),
        eq(datasetFiles.number, number),
        eq(datasetFiles.sha256, sha256),
        isNotNull(datasetFiles.width),
      ),
    )
    .limit(1)
  if (row === undefined) throw new GraftError('not_found', `${name}@${number} has no image ${sha256}.`)
}

/**
 * The accepted images of a version.
 * @throws GraftError `not_found`, `dataset_not_ready`
 */
export async function readManifest(
  context: Context,
  project: Project,
  name: string,
  number: number,
): Promise<Manifest> {
  return (await readReady(context, project, name, number)).manifest
}

async function readReady(
  { db, store }: Context,
  project: Project,
  name: string,
  number: number,
): Promise<{ manifest: Manifest; createdAt: Date }> {
  const [found] = await db
    .select({ version: datasetVersions })
    .from(datasetVersions)
    .innerJoin(datasets, eq(datasets.id, datasetVersions.datasetId))
    .where(and(isNamed(datasets, project, name), eq(datasetVersions.number, number)))
  if (found === undefined) {
    throw noVersion(name, number)
  }
  const { datasetId, state, createdAt } = found.version
  if (state !== 'ready') throw new GraftError('dataset_not_ready', `${name}@${number} is ${state}.`)
  const text = String(await store.read(manifestKey(datasetId, number)))
  return { manifest: manifestSchema.parse(JSON.parse(text)), createdAt }
}

/**
 * A zip of `split/label/image` with the accepted images: uploaded again it makes the same data set.
 * @throws GraftError `not_found`, `dataset_not_ready`
 */
export async function zipVersion(
  context: Context,
  project: Project,
  name: string,
  number: number,
): Promise<Readable> {
  const { manifest, createdAt } = await readReady(context, project, name, number)
  const paths = pathsOf(manifest.images)
  const parts = manifest.images.map(({ sha256, bytes }, at) => {
    return { path: paths[at] ?? sha256, key: blobKey(sha256), bytes }
  })
  return lazyZip(context.store, parts, createdAt)
}

/** `split/label/image`. Names that would meet, also where case does not count, are told apart by the image's hash. */
export function pathsOf(
  images: readonly Pick<Manifest['images'][number], 'path' | 'split' | 'label' | 'sha256'>[],
): string[] {
  const taken = new Set<string>()
  return images.map(({ path, split, label, sha256 }) => {
    const file = path.split('/').at(-1) ?? sha256
    const plain = `${split}/${label}/${file}`
    const chosen = taken.has(plain.toLowerCase()) ? `${split}/${label}/${sha256.slice(0, 16)}-${file}` : plain
    taken.add(chosen.toLowerCase())
    return chosen
  })
}
