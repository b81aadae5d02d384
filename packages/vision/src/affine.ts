// Shears, shifts and turns, equal to Pillow's nearest-neighbour transforms to the bit.
import type { Pixels } from './pixels.ts'

/** Where an output pixel comes from: x' = a x + b y + c, y' = d x + e y + f, of the pixels' centres. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

/**
 * An image of the same size, black where nothing comes from.
 *
 * Source: Pillow 13, src/libImaging/Geometry.c, `affine_fixed`: coordinates have 16 fractional bits.
 */
export function transformed({ data, width, height }: Pixels, [a, b, c, d, e, f]: Affine): Pixels {
  const fixed = (value: number) => Math.floor(value * 65536 + 0.5)
  const out = new Uint8Array(data.length)
  let rowX = fixed(c + a * 0.5 + b * 0.5)
  let rowY = fixed(f + d * 0.5 + e * 0.5)
  const [alongX, alongY, downX, downY] = [fixed(a), fixed(d), fixed(b), fixed(e)]
  for (let y = 0, at = 0; y < height; y += 1, rowX += downX, rowY += downY) {
    for (let x = 0, sourceX = rowX, sourceY = rowY; x < width; x += 1, at += 3) {
      const [left, top] = [sourceX >> 16, sourceY >> 16]
      sourceX += alongX
      sourceY += alongY
      if (left < 0 || left >= width || top < 0 || top >= height) continue
      const from = (top * width + left) * 3
      out[at] = data[from] as number
      out[at + 1] = data[from + 1] as number
      out[at + 2] = data[from + 2] as number
    }
  }
  return { data: out, width, height }
}

/** By degrees counterclockwise, around the centre. */
export function turned(pixels: Pixels, degrees: number): Pixels {
  const angle = (-degrees * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const [x, y] = [pixels.width / 2, pixels.height / 2]
  return transformed(pixels, [cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y])
}
