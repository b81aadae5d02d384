import sharp from 'sharp'
import { expect, test } from 'vitest'
import { makeThumbnail } from './thumbnail.ts'

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#c03' } })
    .png()
    .toBuffer()

test('a thumbnail keeps the ratio, and is never enlarged', async () => {
  const shape = async (width: number, height: number) => {
    const { format, ...size } = await sharp(await makeThumbnail(await picture(width, height), 100)).metadata()
    expect(format).toBe('webp')
    return [size.width, size.height]
  }
  expect(await shape(400, 200)).toEqual([100, 50])
  expect(await shape(30, 60)).toEqual([30, 60])
})

test('what is no image has none', async () => {
  await expect(makeThumbnail(Buffer.from('text'), 100)).rejects.toMatchObject({
    code: 'image_type_unsupported',
  })
})
