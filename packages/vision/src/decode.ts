// Bytes to pixels: the one file that knows sharp, and the wall before its native decoders.
import { setImmediate as turn } from 'node:timers/promises'
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import sharp, { type Metadata, type Sharp } from 'sharp'
import { HASHED_SIDE, perceptualHash, shrinkGrey } from './perceptual-hash.ts'
import type { Pixels } from './pixels.ts'
import { decodePlainJpeg } from './plain-jpeg.ts'
import { type ImageType, sniffImage } from './sniff.ts'

// Strangers' bytes reach four decoders and no other (libvips could also read PDF, SVG, TIFF ...).
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: [
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadNsgifBuffer',
  ],
})
// No image comes twice, so a cache only holds memory; and images run side by side, each on one thread.
sharp.cache(false)
sharp.concurrency(1)

export interface ImageFacts {
  type: ImageType
  /** Pixels, after the EXIF orientation. */
  width: number
  height: number
  /** Images that look alike have hashes that differ in few bits. */
  perceptualHash: string
}

/**
 * An image of at most so many pixels is decoded whole, where it is no WebP: to set up libvips' resize costs more than it
 * saves. Files of more bytes are not tried.
 */
const SMALL_PIXELS = 320 * 320
const SMALL_BYTES = 128 * 1024
/**
 * Decoded by whoever asks, which may be the loop that speaks HTTP: sharp's call costs that loop as much. Hundreds are asked
 * about at once, so each has a turn of the loop.
 */
const LOOP_PIXELS = 128 * 128

/**
 * Judges an image: its type by content, its size, and that all of its pixels decode. Large JPEG and all WebP are decoded
 * at reduced size, which reads every byte of the file yet costs a fraction of `decodeImage`.
 * @throws GraftError `image_empty`, `image_type_unsupported`, `image_too_large` (both limits are checked before any
 * pixel is decoded), `image_undecodable`
 */
export async function inspectImage(bytes: Uint8Array): Promise<ImageFacts> {
  const type = judgeType(bytes)
  const small = await decodeSmall(bytes, type)
  if (small !== undefined) {
    const { width, height } = small
    return { type, width, height, perceptualHash: perceptualHash(shrinkGrey(small)) }
  }
  const { metadata, image } = await openImage(bytes)
  const { width, height } = metadata.autoOrient
  const shrunk = await rawPixels(image.resize(HASHED_SIDE, HASHED_SIDE, { fit: 'fill' }))
  return { type, width, height, perceptualHash: perceptualHash(shrinkGrey(shrunk)) }
}

/**
 * Without a look at its header before, which costs a third as much as all the rest. What is not small, or cannot be
 * decoded, is left to the long way, which says why.
 */
async function decodeSmall(bytes: Uint8Array, type: ImageType): Promise<Pixels | undefined> {
  if (type === 'webp' || bytes.length > SMALL_BYTES) return undefined
  const most = Math.min(SMALL_PIXELS, limit('imagePixels'))
  const pixels =
    (await inTurn(() => decodePlainJpeg(bytes, LOOP_PIXELS))) ??
    (await rawPixels(sharp(bytes, { ...READING, limitInputPixels: most })).catch(() => undefined))
  return pixels && Math.min(pixels.width, pixels.height) >= HASHED_SIDE ? pixels : undefined
}

let turnBefore: Promise<unknown> = Promise.resolve()

/** One after the other, with whatever else waits for the loop between two. */
function inTurn<T>(work: () => T): Promise<T> {
  const done = turnBefore.then(work)
  turnBefore = done.catch(() => {}).then(() => turn())
  return done
}

/**
 * The image as the network sees it: oriented by EXIF, in sRGB (embedded profiles are obeyed), transparency on white,
 * 8 bits, the first frame of an animation.
 * @throws GraftError as `inspectImage`
 */
export async function decodeImage(bytes: Uint8Array): Promise<Pixels> {
  judgeType(bytes)
  const plain = decodePlainJpeg(bytes)
  if (plain !== undefined) return plain
  // The header by itself is read only of what fails, to say why: it costs a fifth as much as a small photo's pixels.
  const whole = sharp(bytes, { ...READING, limitInputPixels: limit('imagePixels') })
  return await rawPixels(whole).catch(async () => await rawPixels((await openImage(bytes)).image))
}

async function rawPixels(image: Sharp): Promise<Pixels> {
  const { data, info } = await decoded(
    image.flatten({ background: '#fff' }).toColourspace('srgb').raw({ depth: 'uchar' }),
  )
  return { data, width: info.width, height: info.height }
}

/** By its first bytes, and its length. */
function judgeType(bytes: Uint8Array): ImageType {
  if (bytes.length === 0) throw new GraftError('image_empty')
  const type = sniffImage(bytes)
  if (type === undefined) {
    throw new GraftError('image_type_unsupported', 'The content is no JPEG, PNG, WebP or GIF image.')
  }
  const most = limit('imageBytes')
  if (bytes.length > most) throw new GraftError('image_too_large', `The image has more than ${most} bytes.`)
  return type
}

/** `error` refuses cut files too, but not the harmless oddities that cameras write (`warning`). */
const READING = { failOn: 'error', autoOrient: true } as const

async function openImage(bytes: Uint8Array): Promise<{ metadata: Metadata; image: Sharp }> {
  judgeType(bytes)
  const pixels = limit('imagePixels')
  const image = sharp(bytes, { ...READING, limitInputPixels: pixels })
  // The header is read without sharp's own limit, so that the refusal can say the size.
  const metadata = await sharp(bytes, { limitInputPixels: false }).metadata().catch(undecodable)
  const { width, height } = metadata
  if (width * height > pixels) {
    throw new GraftError('image_too_large', `The image has ${width} x ${height} pixels, more than ${pixels}.`)
  }
  return { metadata, image }
}

/** Longer side of a thumbnail, in pixels, where nobody asks for another. */
const THUMBNAIL_SIDE = 256

/** A small WebP of the image as the network sees it. @throws GraftError as `inspectImage` */
export async function makeThumbnail(bytes: Uint8Array, side = THUMBNAIL_SIDE): Promise<Buffer> {
  const { image } = await openImage(bytes)
  const within = { fit: 'inside', withoutEnlargement: true } as const
  const small = image.flatten({ background: '#fff' }).resize(side, side, within)
  return (await decoded(small.toColourspace('srgb').webp({ quality: 80 }))).data
}

const decoded = (image: Sharp) => image.toBuffer({ resolveWithObject: true }).catch(undecodable)

function undecodable(cause: unknown): never {
  const [message] = cause instanceof Error ? cause.message.split('\n', 1) : [String(cause)]
  // libvips keeps its last error for all of its threads, and another may have taken it already.
  const reason = message === 'Unknown error' ? 'its data is broken' : message
  throw new GraftError('image_undecodable', `The image cannot be decoded: ${reason}.`, [], { cause })
}
