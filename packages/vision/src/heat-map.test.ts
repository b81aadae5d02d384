import { TEXTBOOK_PREPROCESSING } from '@graft/core/preprocessing'
import { expect, test } from 'vitest'
import { decodeImage } from './decode.ts'
import { drawHeatMap } from './heat-map.ts'
import { preprocess } from './preprocess.ts'

test('the picture is what the network sees, red where the map is high and blue where it is low', async () => {
  const record = { ...TEXTBOOK_PREPROCESSING, resize: { mode: 'exact', size: 64 }, crop: 64 } as const
  const grey = { data: new Uint8Array(64 * 64 * 3).fill(128), width: 64, height: 64 }
  const grid = [
    [1, 0],
    [1, 0],
  ]
  const png = await decodeImage(await drawHeatMap(preprocess(grey, record), record, grid))
  expect([png.width, png.height]).toEqual([64, 64])
  const pixel = (x: number) => [...png.data.subarray((32 * 64 + x) * 3, (32 * 64 + x) * 3 + 3)]
  // Half of grey and half of the map's colour: dark red at its highest, dark blue at its lowest.
  expect(pixel(0)).toEqual([128, 64, 64])
  expect(pixel(63)).toEqual([64, 64, 128])
})
