// Judges one file by its content, wherever it comes from; the bytes of an image go to the store by their hash.
import { GraftError, isGraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { Project } from '@graft/core/names'
import { blobKey } from '@graft/store/object-store'
import { inspectImage } from '@graft/vision/decode'
import type { Context } from '../context.ts'
import { batched } from './batched.ts'
import { type BlobFacts, type BlobRow, claimBlobs, noteStored } from './blobs.ts'

/** A file of an upload: an image whose bytes are in the store, or why it is refused. */
export type JudgedFile = GoodImage | RefusedFile

export interface GoodImage {
  /** Safe, as `judgeEntry` of the archives has it. */
  path: string
  sha256: string
  bytes: number
  width: number
  height: number
  perceptualHash: string
  error?: never
}

export interface RefusedFile {
  path: string
  /** Undefined where the file was refused before it was read. */
  sha256?: string
  bytes: number
  error: Refusal
}

/** A fault that is kept as long as the upload is judged. An error would hold all that its stack has seen: the file's bytes. */
export type Refusal = Pick<GraftError, 'code' | 'message'>

export const refusalOf = ({ code, message }: Refusal): Refusal => ({ code, message })

/** A file that is to be judged. */
export interface NamedFile {
  path: string
  sha256: string
  /** Where it is known before the content. */
  bytes?: number | undefined
  content: () => Promise<Buffer>
  /** The content is not at hand, but what the project must have sent before. */
  isNamed?: true
  error?: never
}

/**
 * An image that decoded in an earlier version of the project decodes in this one: its content is not asked for. What only
 * another project has sent is as unknown as what nobody has.
 * The judge throws what the store, the database and `content` throw, and `blobs_missing` for a named file whose bytes the
 * project has not sent.
 */
export function openJudge(
  context: Context,
  project: Project,
): (file: NamedFile | RefusedFile) => Promise<JudgedFile> {
  const claim = batched<string, BlobRow>((hashes) => claimBlobs(context.db, project, hashes))
  const keep = batched<KeptImage, undefined>((images) => keepImages(context, project, images))
  return async (file) => {
    if (file.error) return { ...file, error: refusalOf(file.error) }
    const { path, sha256 } = file
    const claimed = await claim(sha256)
    const known = claimed?.isOurs ? claimed : undefined
    const bytes = known?.bytes ?? file.bytes ?? 0
    const facts = { path, sha256, bytes }
    const most = limit('imageBytes')
    if (bytes > most) {
      return {
        ...facts,
        error: { code: 'image_too_large', message: `The file has more than ${most} bytes.` },
      }
    }
    if (file.isNamed && !known?.isStored) {
      throw new GraftError('blobs_missing', `The bytes of ${sha256} have not been sent: push again.`)
    }
    if (known?.isStored && isJudged(known) && known.width * known.height <= limit('imagePixels')) {
      const { width, height, perceptualHash } = known
      return { ...facts, width, height, perceptualHash }
    }
    const content = await file.content()
    try {
      const { width, height, perceptualHash } = await inspectImage(content)
      const image = { sha256, bytes: content.length, width, height, perceptualHash }
      // Also where another project has sent it: the time that it takes tells nobody of that.
      await keep({ ...image, ...(!known?.isStored && { content }) })
      return { path, ...image }
    } catch (error) {
      if (isGraftError(error) && error.code.startsWith('image_')) {
        return { ...facts, bytes: content.length, error: refusalOf(error) }
      }
      throw error
    }
  }
}

function isJudged(row: BlobRow): row is BlobRow & { width: number; height: number; perceptualHash: string } {
  return row.width !== null && row.height !== null && row.perceptualHash !== null
}

interface KeptImage extends BlobFacts {
  /** Where the project has not sent it before. */
  content?: Buffer
}

/** First the bytes, then the row that says that they are there: what an ingest has judged no second try judges again. */
async function keepImages(
  { db, store }: Context,
  project: Project,
  images: readonly KeptImage[],
): Promise<Map<KeptImage, undefined>> {
  const missing = images.flatMap(({ sha256, content }) =>
    content ? { key: blobKey(sha256), body: content } : [],
  )
  if (missing.length > 0) await store.putAll(missing)
  await noteStored(
    db,
    project,
    images.map(({ content: _, ...facts }) => facts),
  )
  return new Map()
}
