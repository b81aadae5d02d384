// Antialiased bilinear resizing, equal to Pillow's to the bit: what torchvision's Resize and RandomResizedCrop run.
import { reserve } from './kernels.ts'
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
const HALF_BITS = FRACTION_BITS / 2

/**
 * For each of `count` outputs the first input that it reads, and the weights of `taps` of them, as kernels.wasm reads them:
 * in pairs, the two high halves before the two low ones.
 */
interface Kernel {
  count: number
  /** Even. */
  taps: number
  first: Int32Array
  weights: Int16Array
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
  const { width, height } = window
  // A row of the result. Rows after the horizontal pass go around in a ring: no more are kept than an output reads.
  const stride = Math.ceil((width * 3) / 16) * 16
  const lineBytes = box.width * 3
  const { bytes, places, resampleRow, resampleColumns } = reserve(
    across.first.byteLength,
    across.weights.byteLength,
    down.weights.byteLength,
    lineBytes + across.taps * 3,
    down.taps * stride,
    stride,
  )
  const [first, acrossWeights, downWeights, line, ring, out] = places
  bytes.set(bytesOf(across.first), first)
  bytes.set(bytesOf(across.weights), acrossWeights)
  bytes.set(bytesOf(down.weights), downWeights)

  const data = new Uint8Array(width * height * 3)
  let next = 0
  for (let y = 0; y < height; y += 1) {
    const begin = down.first[y] as number
    const end = Math.min(begin + down.taps, box.height)
    for (next = Math.max(next, begin); next < end; next += 1) {
      const from = ((box.top + next) * source.width + box.left) * 3
      bytes.set(source.data.subarray(from, from + lineBytes), line)
      const slot = ring + (next % down.taps) * stride
      const [start, step] = mirror ? [slot + (width - 1) * 3, -3] : [slot, 3]
      resampleRow(line, first, acrossWeights, across.taps, width, start, step)
    }
    resampleColumns(ring, begin % down.taps, down.taps, stride, downWeights + y * down.taps * 4, out)
    data.set(bytes.subarray(out, out + width * 3), y * width * 3)
  }
  return { data, width, height }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc`, for the outputs from `start` on. */
function kernelOf(inputs: number, outputs: number, start: number, count: number): Kernel {
  const scale = inputs / outputs
  const stretch = Math.max(scale, 1)
  // No more pixel centres than this lie strictly within a triangle 2 * stretch wide.
  const taps = Math.min(inputs, Math.ceil(stretch * 2))
  const even = taps + (taps % 2)
  const kernel = {
    count,
    taps: even,
    first: new Int32Array(count),
    weights: new Int16Array(count * even * 2),
  }
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
      const tap = output * even + input - begin
      const weight = Math.trunc(0.5 + (weightOf(input) / sum) * ONE)
      const place = (tap >> 1) * 4 + (tap & 1)
      kernel.weights[place] = weight >> HALF_BITS
      kernel.weights[place + 2] = weight & (2 ** HALF_BITS - 1)
    }
  }
  return kernel
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
