// Changes of colour, light and sharpness that keep every pixel in its place, equal to Pillow's to the bit.
import type { Pixels } from './pixels.ts'

/** 0: black; 1: as it is. Source of these four: Pillow 13, ImageEnhance.py. */
export function brightness(pixels: Pixels, factor: number): Pixels {
  return blended(new Uint8Array(pixels.data.length), pixels, factor)
}

/** 0: grey; 1: as it is. */
export function saturation(pixels: Pixels, factor: number): Pixels {
  const grey = greyOf(pixels)
  return blended(
    pixels.data.map((_, index) => grey[Math.floor(index / 3)] as number),
    pixels,
    factor,
  )
}

/** 0: all of the mean grey; 1: as it is. */
export function contrast(pixels: Pixels, factor: number): Pixels {
  const grey = greyOf(pixels)
  const mean = Math.floor(grey.reduce((sum, value) => sum + value, 0) / grey.length + 0.5)
  return blended(new Uint8Array(pixels.data.length).fill(mean), pixels, factor)
}

/** 0: smoothed; 1: as it is. */
export function sharpness(pixels: Pixels, factor: number): Pixels {
  const { data, width, height } = pixels
  const smooth = data.slice() // the border stays
  const row = width * 3
  for (let y = 1; y < height - 1; y += 1) {
    for (let at = y * row + 3; at < (y + 1) * row - 3; at += 1) {
      let sum = 4 * (data[at] as number)
      for (const line of [at - row, at, at + row]) {
        sum += (data[line - 3] as number) + (data[line] as number) + (data[line + 3] as number)
      }
      smooth[at] = sum / 13 + 0.5
    }
  }
  return blended(smooth, pixels, factor)
}

/** Keeps the highest `bits` of each value. Source of these four: Pillow 13, ImageOps.py. */
export function posterised(pixels: Pixels, bits: number): Pixels {
  return mapped(pixels, () => (value) => value & (0xff << (8 - bits)))
}

/** Inverts the values from `threshold` on. */
export function solarised(pixels: Pixels, threshold: number): Pixels {
  return mapped(pixels, () => (value) => (value < threshold ? value : 255 - value))
}

/** Each channel stretched to 0 to 255. */
export function autocontrast(pixels: Pixels): Pixels {
  return mapped(pixels, (histogram) => {
    const low = histogram.findIndex((count) => count > 0)
    const high = histogram.findLastIndex((count) => count > 0)
    if (high <= low) return (value) => value
    const scale = 255 / (high - low)
    return (value) => Math.min(255, Math.max(0, value * scale - low * scale))
  })
}

/** Each channel so that its values are as evenly spread as they can be. */
export function equalised(pixels: Pixels): Pixels {
  return mapped(pixels, (histogram) => {
    const last = histogram.findLast((count) => count > 0) ?? 0
    const step = Math.floor((pixels.width * pixels.height - last) / 255)
    if (step === 0) return (value) => value
    let below = Math.floor(step / 2)
    const table = histogram.map((count) => {
      const spread = Math.min(255, Math.floor(below / step))
      below += count
      return spread
    })
    return (value) => table[value] as number
  })
}

/** Each value through a table of its channel, which the channel's histogram makes. */
function mapped(
  { data, width, height }: Pixels,
  make: (histogram: number[]) => (value: number) => number,
): Pixels {
  const tables = [0, 1, 2].map((channel) => {
    const histogram = new Array<number>(256).fill(0)
    for (let at = channel; at < data.length; at += 3) (histogram[data[at] as number] as number) += 1
    return Uint8Array.from({ length: 256 }, (_, value) => make(histogram)(value))
  })
  return { data: data.map((value, at) => (tables[at % 3] as Uint8Array)[value] as number), width, height }
}

/** `other` + factor * (pixels - other), cut to bytes. Source: Pillow 13, src/libImaging/Blend.c, in float32. */
function blended(other: Uint8Array, { data, width, height }: Pixels, factor: number): Pixels {
  const alpha = Math.fround(factor)
  const out = new Uint8Array(data.length)
  for (let at = 0; at < data.length; at += 1) {
    const from = other[at] as number
    const value = Math.fround(from + Math.fround(alpha * ((data[at] as number) - from)))
    out[at] = Math.min(255, Math.max(0, value))
  }
  return { data: out, width, height }
}

/** [height, width], by ITU-R 601-2 with 16 fractional bits. */
function greyOf({ data }: Pixels): Uint8Array {
  return Uint8Array.from({ length: data.length / 3 }, (_, pixel) => {
    const at = pixel * 3
    const [red = 0, green = 0, blue = 0] = [data[at], data[at + 1], data[at + 2]]
    return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16
  })
}
