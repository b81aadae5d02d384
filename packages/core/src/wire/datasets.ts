// Data sets and their versions: folders pushed by their hashes, files, edits, statistics, the manifest.
import { z } from 'zod'
import { DATASET_VERSION_STATES } from '../states.ts'
import { keysOf, time } from './common.ts'

export const SPLITS = ['train', 'validation', 'test'] as const
export type Split = (typeof SPLITS)[number]
export const splitCountsSchema = z.object({
  train: z.record(z.string(), z.int()),
  validation: z.record(z.string(), z.int()),
  test: z.record(z.string(), z.int()),
})
/** Accepted images for each split and label. */
export type SplitCounts = z.infer<typeof splitCountsSchema>

export const datasetVersionSchema = z.object({
  object: z.literal('dataset.version'),
  dataset: z.string(),
  version: z.int(),
  status: z.enum(keysOf(DATASET_VERSION_STATES)),
  /** Of the archive as it was uploaded, or of a pushed folder's `listingOf`: the same again makes no new version. */
  archive_sha256: z.string(),
  labels: z.array(z.string()),
  splits: splitCountsSchema,
  /** Splits that were cut from the training split because the upload had none. */
  cut_splits: z.array(z.enum(['validation', 'test'])),
  files: z.object({ accepted: z.int(), rejected: z.int(), duplicate: z.int() }),
  bytes: z.int(),
  tags: z.array(z.string()),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  created_at: time,
  finished_at: time.nullable(),
})
export type DatasetVersion = z.infer<typeof datasetVersionSchema>

export const datasetSchema = z.object({
  id: z.string(),
  object: z.literal('dataset'),
  name: z.string(),
  /** The newest version, if there is one. */
  latest: datasetVersionSchema.nullable(),
  created_at: time,
})
export type Dataset = z.infer<typeof datasetSchema>

export const FILE_STATUSES = ['accepted', 'rejected', 'duplicate'] as const
export const datasetFileSchema = z.object({
  object: z.literal('dataset.file'),
  path: z.string(),
  label: z.string().nullable(),
  split: z.enum(SPLITS).nullable(),
  sha256: z.string().nullable(),
  status: z.enum(FILE_STATUSES),
  /** Number of a group of images that look alike, where there are others; they never stand in two splits. */
  lookalike: z.int().nullable(),
  reason: z.object({ code: z.string(), message: z.string() }).nullable(),
})
export type DatasetFile = z.infer<typeof datasetFileSchema>

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'a sha256 is 64 lower-case hex digits')
export const missingBlobsSchema = z.strictObject({ sha256: z.array(sha256Schema) })
/** Where the bytes of each missing blob are sent: PUT, with these headers, before the address expires. */
export const blobTargetsSchema = z.object({
  missing: z.array(
    z.object({ sha256: z.string(), url: z.string(), headers: z.record(z.string(), z.string()) }),
  ),
})
export type BlobTargets = z.infer<typeof blobTargetsSchema>
export const blobSchema = z.object({ object: z.literal('blob'), sha256: z.string(), bytes: z.int() })
export const pushedFileSchema = z.strictObject({
  path: z.string(),
  sha256: sha256Schema,
  bytes: z.int().min(0).optional(),
})
export type PushedFile = z.infer<typeof pushedFileSchema>
export const pushFolderSchema = z.strictObject({ files: z.array(pushedFileSchema).min(1) })

/**
 * What the sha256 of a pushed folder is taken of: the lines of `sha256sum`, in the order of their paths.
 * @example listingOf([{ path: 'cat/1.jpg', sha256: '9f86..' }]) // '9f86..  cat/1.jpg\n'
 */
export function listingOf(files: readonly PushedFile[]): string {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  return sorted.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('')
}

const imagePlaceSchema = z.object({ path: z.string(), label: z.string(), split: z.enum(SPLITS) })
/** What became of an image between two versions; `moved` to another split. Null where it is not in the version. */
export const versionChangeSchema = z.object({
  change: z.enum(['added', 'removed', 'relabelled', 'moved']),
  sha256: z.string(),
  before: imagePlaceSchema.nullable(),
  after: imagePlaceSchema.nullable(),
})
export type VersionChange = z.infer<typeof versionChangeSchema>

const distributionSchema = z.object({
  least: z.number(),
  median: z.number(),
  p95: z.number(),
  greatest: z.number(),
  mean: z.number(),
})
export type Distribution = z.infer<typeof distributionSchema>
/** Of the accepted images; the measures are null where there are none. */
export const versionStatisticsSchema = z.object({
  object: z.literal('dataset.statistics'),
  dataset: z.string(),
  version: z.int(),
  images: z.int(),
  classes: z.int(),
  labels: z.record(z.string(), z.int()),
  /** Images of the largest class for one of the smallest. */
  imbalance: z.number().nullable(),
  bytes: distributionSchema.nullable(),
  /** Pixels, after the EXIF orientation. */
  width: distributionSchema.nullable(),
  height: distributionSchema.nullable(),
  /** Width for one of height. */
  aspect_ratio: distributionSchema.nullable(),
  /** Files that were not accepted, by the code of the reason. */
  reasons: z.record(z.string(), z.int()),
})
export type VersionStatistics = z.infer<typeof versionStatisticsSchema>

export const versionEditSchema = z.strictObject({
  /** Of an accepted image. */
  sha256: sha256Schema,
  label: z.string().min(1).optional(),
  split: z.enum(SPLITS).optional(),
  /** Leave it out. */
  exclude: z.boolean().optional(),
})
export type VersionEdit = z.infer<typeof versionEditSchema>
export const editVersionSchema = z.strictObject({ edits: z.array(versionEditSchema).min(1) })

const tagSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'a tag is 1 to 63 of a-z, 0-9, ".", "_" and "-"')
export const tagsSchema = z.array(tagSchema).max(32)
export const patchDatasetVersionSchema = z.strictObject({
  /** Instead of those that are there. */
  tags: tagsSchema,
})

export const importSchema = z.strictObject({
  /** `s3://bucket/prefix`, below which `[split/]label/image` lie. */
  source: z.string().max(1200),
})

/** The manifest in the store: the accepted images of a version, in archive order. */
export const manifestSchema = z.object({
  dataset: z.string(),
  version: z.int(),
  labels: z.array(z.string()),
  cut_splits: z.array(z.enum(['validation', 'test'])),
  images: z.array(
    z.object({
      path: z.string(),
      label: z.string(),
      split: z.enum(SPLITS),
      sha256: z.string(),
      bytes: z.int(),
      width: z.int(),
      height: z.int(),
    }),
  ),
})
export type Manifest = z.infer<typeof manifestSchema>
