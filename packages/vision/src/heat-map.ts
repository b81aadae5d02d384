// Draws a map of weights over the network's input, for people to look at.
import type { Preprocessing } from '@graft/core/preprocessing'
import sharp from 'sharp'

/** How much of the picture is the map. */
const OPACITY = 0.5

/**
 * @param input [3, crop, crop], as `preprocess` made it
 * @param grid rows of values in 0..1 that cover the whole input, enlarged smoothly
 * @returns a PNG of crop x crop pixels, blue where the grid is 0 and red where it is 1
 */
export async function drawHeatMap(
  input: Float32Array,
  { crop, mean, std }: Pick<Preprocessing, 'crop' | 'mean' | 'std'>,
  grid: readonly (readonly number[])[],
): Promise<Buffer> {
  const small = Uint8Array.from(grid.flat(), (value) => Math.round(value * 255))
  const heat = await sharp(small, { raw: { width: grid[0]?.length ?? 0, height: grid.length, channels: 1 } })
    .resize(crop, crop, { fit: 'fill', kernel: 'cubic' })
    .extractChannel(0)
    .raw()
    .toBuffer()
  const area = crop * crop
  const picture = new Uint8ClampedArray(3 * area)
  for (let place = 0; place < area; place += 1) {
    const colour = colourOf((heat[place] ?? 0) / 255)
    for (let channel = 0; channel < 3; channel += 1) {
      const shown = (input[channel * area + place] ?? 0) * (std[channel] ?? 0) + (mean[channel] ?? 0)
      picture[place * 3 + channel] = 255 * (OPACITY * (colour[channel] ?? 0) + (1 - OPACITY) * shown)
    }
  }
  return await sharp(picture, { raw: { width: crop, height: crop, channels: 3 } })
    .png()
    .toBuffer()
}

/** Red, green and blue in 0..1 of a value in 0..1: MATLAB's "jet". */
function colourOf(value: number): [number, number, number] {
  const ramp = (centre: number) => Math.min(Math.max(1.5 - Math.abs(4 * value - centre), 0), 1)
  return [ramp(3), ramp(2), ramp(1)]
}
