// A small picture of an image, for people to recognise it by.
import sharp from 'sharp'
import { decodeImage } from './decode.ts'

/**
 * WebP whose longer side is at most `side` pixels.
 *
 * @throws GraftError `image_*` as `decodeImage` does
 */
export async function makeThumbnail(bytes: Uint8Array, side: number): Promise<Buffer> {
  const { data, width, height } = await decodeImage(bytes)
  return await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 75 })
    .toBuffer()
}
