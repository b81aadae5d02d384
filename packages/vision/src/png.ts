// Pixels as a PNG file.
import sharp from 'sharp'
import type { Pixels } from './pixels.ts'

export async function encodePng({ data, width, height }: Pixels): Promise<Buffer> {
  return await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
}
