// Antialiased bilinear resizing, equal to Pillow's to the bit: what torchvision's Resize and RandomResizedCrop run.
import type { Pixels } from './pixels.ts'

export interface Size {
  width: number
  height: number
}

/** A rectangle of whole pixels. */
export interface Box extends Size {
  left: number
  top: number
}

/**
 * Weights are integers of 22 fractional bits, and pixels are rounded after each of the two passes. None is negative and
 * they add up to one, so no sum leaves a byte's range.
 */
const FRACTION_BITS = 22
const ONE = 1 << FRACTION_BITS
const HALF = ONE >> 1

/** For each of `count` outputs: the first input that it reads, and its `taps` weights (in `weights`, row by row). */
interface Kernel {
  count: number
  taps: number
  first: Int32Array
  weights: Int32Array
}

/**
 * Crops `source` to `box`, resizes the crop to `size`, and returns `window` of the result (all of it by default).
 * Nothing outside the crop is read, and nothing outside the window is computed. A box or a window must lie inside.
 * `mirror` swaps left and right of the result.
 *
 * Source: Pillow 9.4, src/libImaging/Resample.c, with its bilinear filter: a triangle that grows as the image shrinks.
 */
export function resample(
  source: Pixels,
  box: Box,
  size: Size,
  { window = { left: 0, top: 0, ...size }, mirror = false }: { window?: Box; mirror?: boolean } = {},
): Pixels {
  requireInside(box, source)
  requireInside(window, size)
  const across = kernelOf(box.width, size.width, window.left, window.width)
  const down = kernelOf(box.height, size.height, window.top, window.height)
  // The rows that the window needs, in the crop: `first` only grows.
  const top = down.first[0] ?? 0
  const bottom = (down.first.at(-1) ?? 0) + down.taps
  const rows = resampleRows(source, { ...box, top: box.top + top, height: bottom - top }, across, mirror)
  return {
    data: resampleColumns(rows, across.count * 3, down, top),
    width: window.width,
    height: window.height,
  }
}

/** Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc`, for the outputs from `start` on. */
function kernelOf(inputs: number, outputs: number, start: number, count: number): Kernel {
  const scale = inputs / outputs
  const stretch = Math.max(scale, 1)
  // No more pixel centres than this lie strictly within a triangle 2 * stretch wide.
  const taps = Math.min(inputs, Math.ceil(stretch * 2))
  const kernel = { count, taps, first: new Int32Array(count), weights: new Int32Array(count * taps) }
  for (let output = 0; output < count; output += 1) {
    const centre = (start + output + 0.5) * scale
    const weightOf = (input: number) => Math.max(0, 1 - Math.abs((input - centre + 0.5) * (1 / stretch)))
    let low = Math.max(0, Math.trunc(centre - stretch + 0.5))
    const high = Math.min(inputs, Math.trunc(centre + stretch + 0.5))
    let sum = 0
    for (let input = low; input < high; input += 1) sum += weightOf(input)
    while (weightOf(low) === 0) low += 1
    // Every output reads `taps` inputs, so that the loops over pixels have no bounds to look up: near the end of the
    // image its window moves back, and the inputs that it did not want weigh 0.
    const begin = Math.min(low, inputs - taps)
    kernel.first[output] = begin
    for (let input = low; input < Math.min(high, begin + taps); input += 1) {
      kernel.weights[output * taps + input - begin] = Math.trunc(0.5 + (weightOf(input) / sum) * ONE)
    }
  }
  return kernel
}

/** The horizontal pass over the rows of `box`: [box.height, kernel.count, 3], at 8 bits. */
function resampleRows({ data, width }: Pixels, box: Box, kernel: Kernel, mirror: boolean): Uint8Array {
  const { count, taps, first, weights } = kernel
  const out = new Uint8Array(box.height * count * 3)
  for (let y = 0; y < box.height; y += 1) {
    const row = ((box.top + y) * width + box.left) * 3
    let at = (y * count + (mirror ? count - 1 : 0)) * 3
    const step = mirror ? -3 : 3
    for (let x = 0, w = 0; x < count; x += 1, at += step) {
      let from = row + (first[x] as number) * 3
      let red = HALF
      let green = HALF
      let blue = HALF
      for (let tap = 0; tap < taps; tap += 1, w += 1, from += 3) {
        const weight = weights[w] as number
        red = (red + Math.imul(weight, data[from] as number)) | 0
        green = (green + Math.imul(weight, data[from + 1] as number)) | 0
        blue = (blue + Math.imul(weight, data[from + 2] as number)) | 0
      }
      out[at] = red >> FRACTION_BITS
      out[at + 1] = green >> FRACTION_BITS
      out[at + 2] = blue >> FRACTION_BITS
    }
  }
  return out
}

/** The vertical pass: rows of `stride` bytes, the first of which is the crop's row `top`. */
function resampleColumns(rows: Uint8Array, stride: number, kernel: Kernel, top: number): Uint8Array {
  const { count, taps, first, weights } = kernel
  const out = new Uint8Array(count * stride)
  // A whole row at a time, tap by tap: memory is read in order, and the weight stays in a register.
  const sums = new Int32Array(stride)
  for (let y = 0; y < count; y += 1) {
    const begin = ((first[y] as number) - top) * stride
    sums.fill(HALF)
    for (let tap = 0; tap < taps - 1; tap += 1) {
      const weight = weights[y * taps + tap] as number
      const row = begin + tap * stride
      for (let x = 0; x < stride; x += 1) {
        sums[x] = (sums[x] as number) + Math.imul(weight, rows[row + x] as number)
      }
    }
    // The last one rounds, too.
    const weight = weights[y * taps + taps - 1] as number
    const row = begin + (taps - 1) * stride
    for (let x = 0, at = y * stride; x < stride; x += 1, at += 1) {
      out[at] = ((sums[x] as number) + Math.imul(weight, rows[row + x] as number)) >> FRACTION_BITS
    }
  }
  return out
}

function requireInside({ left, top, width, height }: Box, size: Size): void {
  const inside =
    [left, top, width, height].every(Number.isInteger) &&
    Math.min(left, top) >= 0 &&
    Math.min(width, height) >= 1 &&
    left + width <= size.width &&
    top + height <= size.height
  if (!inside) {
    throw new RangeError(
      `${width} x ${height} at ${left}, ${top} is no part of ${size.width} x ${size.height}.`,
    )
  }
}
