// Decoded training images in memory that the worker thread reads too, within a budget of bytes.
import type { Pixels } from '@graft/vision/pixels'

export interface PixelCache {
  /** A copy in memory that threads share, or undefined once the budget is spent. */
  keep(pixels: Pixels): Pixels | undefined
}

export function createPixelCache(budget: number): PixelCache {
  let left = budget
  return {
    keep({ data, width, height }) {
      if (data.byteLength > left) return undefined
      left -= data.byteLength
      const shared = new Uint8Array(new SharedArrayBuffer(data.byteLength))
      shared.set(data)
      return { data: shared, width, height }
    },
  }
}
