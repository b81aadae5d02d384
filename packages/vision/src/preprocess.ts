// Pixels to the network's input: the one function that training's evaluation and serving both run.
import type { Preprocessing } from '@graft/core/preprocessing'
import { reserve } from './kernels.ts'
import type { Pixels } from './pixels.ts'
import { resample, type Size } from './resample.ts'
import { roundHalfEven } from './rounding.ts'

const { fround } = Math

/**
 * Executes the record: resize, centre crop, `(x / 255 - mean) / std`.
 * Source: torchvision's Resize, CenterCrop (which pads a smaller image with black), ToTensor and Normalize; equal to
 * them to the bit on the same pixels.
 *
 * @returns [3, crop, crop], channels first
 */
export function preprocess(image: Pixels, record: Preprocessing): Float32Array {
  const { crop } = record
  const size = resizedSize(image, record.resize)
  const across = centreCrop(size.width, crop)
  const down = centreCrop(size.height, crop)
  const window = { left: across.from, top: down.from, width: across.length, height: down.length }
  const box = { left: 0, top: 0, width: image.width, height: image.height }
  const { data } = resample(image, box, size, { window })

  const plane = crop * crop
  const { bytes, places, normaliseRow } = reserve(data.length, 3 * plane * 4)
  const [pixels, tensor] = places
  bytes.set(data, pixels)
  const values = new Float32Array(bytes.buffer, tensor, 3 * plane)
  const isPadded = window.width < crop || window.height < crop
  for (let colour = 0; colour < 3; colour += 1) {
    const mean = record.mean[colour] as number
    const std = record.std[colour] as number
    if (isPadded) values.fill((0 - fround(mean)) / fround(std), colour * plane, (colour + 1) * plane)
    for (let y = 0; y < window.height; y += 1) {
      const row = colour * plane + (down.padding + y) * crop + across.padding
      normaliseRow(pixels + y * window.width * 3, colour, window.width, mean, std, tensor + row * 4)
    }
  }
  return values.slice()
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
