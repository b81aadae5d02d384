// Pixels to the network's input: the one function that training's evaluation and serving both run.
import type { Preprocessing } from '@graft/core/preprocessing'
import type { Pixels } from './pixels.ts'
import { resample, type Size } from './resample.ts'
import { roundHalfEven } from './rounding.ts'

/**
 * Executes the record: resize, centre crop, `(x / 255 - mean) / std`.
 * Source: torchvision's Resize, CenterCrop (which pads a smaller image with black), ToTensor and Normalize; equal to
 * them to the bit on the same pixels.
 *
 * @returns [3, crop, crop], channels first
 */
export function preprocess(pixels: Pixels, record: Preprocessing): Float32Array {
  const { crop } = record
  const size = resizedSize(pixels, record.resize)
  const across = centreCrop(size.width, crop)
  const down = centreCrop(size.height, crop)
  const window = { left: across.from, top: down.from, width: across.length, height: down.length }
  const box = { left: 0, top: 0, width: pixels.width, height: pixels.height }
  const { data } = resample(pixels, box, size, { window })

  const tensor = new Float32Array(3 * crop * crop)
  for (let channel = 0; channel < 3; channel += 1) {
    const normal = normalTable(record.mean[channel] as number, record.std[channel] as number)
    const plane = tensor.subarray(channel * crop * crop, (channel + 1) * crop * crop)
    if (window.width < crop || window.height < crop) plane.fill(normal[0] as number)
    let from = channel
    for (let y = 0; y < window.height; y += 1) {
      const row = (down.padding + y) * crop + across.padding
      for (let x = 0; x < window.width; x += 1, from += 3) {
        plane[row + x] = normal[data[from] as number] as number
      }
    }
  }
  return tensor
}

/** The size of the whole image after the resize, of which the crop is cut. */
function resizedSize({ width, height }: Size, { mode, size }: Preprocessing['resize']): Size {
  if (mode === 'exact') return { width: size, height: size }
  const short = Math.min(width, height)
  const side = (length: number) => (length === short ? size : Math.trunc((size * length) / short))
  return { width: side(width), height: side(height) }
}

/** One axis of torchvision's `center_crop`: the part of `length` that is taken, after `padding` pixels of black. */
function centreCrop(length: number, crop: number): { from: number; length: number; padding: number } {
  if (length < crop) return { from: 0, length, padding: (crop - length) >> 1 }
  return { from: roundHalfEven((length - crop) / 2), length: crop, padding: 0 }
}

/** The normalised value of each of the 256 pixel values, rounded to 32 bits after each operation, as tensors are. */
function normalTable(mean: number, std: number): Float32Array {
  const { fround } = Math
  return Float32Array.from({ length: 256 }, (_, value) => {
    return fround(fround(fround(value / 255) - fround(mean)) / fround(std))
  })
}
