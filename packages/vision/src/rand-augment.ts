// RandAugment: two changes, drawn from fourteen, each as strong as one number says. Cubuk et al., arXiv 1909.13719.
import { transformed, turned } from './affine.ts'
import type { RandomSource } from './augment.ts'
import type { Pixels } from './pixels.ts'
import {
  autocontrast,
  brightness,
  contrast,
  equalised,
  posterised,
  saturation,
  sharpness,
  solarised,
} from './tone.ts'

/** How many changes an image gets. */
const CHANGES = 2
/** The strongest magnitude. */
export const STRONGEST = 30

interface Change {
  apply(pixels: Pixels, amount: number): Pixels
  /** The amount at a strength in [0, 1], by the image's size. */
  amount?(strength: number, pixels: Pixels): number
  /** Whether the amount is as often negative. */
  isSigned?: boolean
}

/** How far an image is shifted at most, as a share of its side. */
const SHIFT = 150 / 331
const enhance = (apply: Change['apply']): Change => ({
  apply: (pixels, amount) => apply(pixels, 1 + amount),
  amount: (strength) => 0.9 * strength,
  isSigned: true,
})

/** By torchvision's names and in its order, with its amounts. */
export const CHANGES_BY_NAME: Readonly<Record<string, Change>> = {
  Identity: { apply: (pixels) => pixels },
  ShearX: {
    apply: (pixels, amount) => transformed(pixels, [1, amount, 0, 0, 1, 0]),
    amount: (strength) => 0.3 * strength,
    isSigned: true,
  },
  ShearY: {
    apply: (pixels, amount) => transformed(pixels, [1, 0, 0, amount, 1, 0]),
    amount: (strength) => 0.3 * strength,
    isSigned: true,
  },
  TranslateX: {
    apply: (pixels, amount) => transformed(pixels, [1, 0, -Math.trunc(amount), 0, 1, 0]),
    amount: (strength, { width }) => SHIFT * width * strength,
    isSigned: true,
  },
  TranslateY: {
    apply: (pixels, amount) => transformed(pixels, [1, 0, 0, 0, 1, -Math.trunc(amount)]),
    amount: (strength, { height }) => SHIFT * height * strength,
    isSigned: true,
  },
  Rotate: { apply: turned, amount: (strength) => 30 * strength, isSigned: true },
  Brightness: enhance(brightness),
  Color: enhance(saturation),
  Contrast: enhance(contrast),
  Sharpness: enhance(sharpness),
  Posterize: { apply: posterised, amount: (strength) => 8 - Math.round(4 * strength) },
  Solarize: { apply: solarised, amount: (strength) => 255 * (1 - strength) },
  AutoContrast: { apply: autocontrast },
  Equalize: { apply: equalised },
}

/**
 * torchvision's RandAugment with its defaults: two operations, 31 magnitudes, nearest neighbours, black where nothing
 * comes from.
 *
 * @param magnitude an integer from 0 to 30
 */
export function randAugment(pixels: Pixels, magnitude: number, random: RandomSource): Pixels {
  const changes = Object.values(CHANGES_BY_NAME)
  let result = pixels
  for (let count = 0; count < CHANGES; count += 1) {
    const { apply, amount, isSigned } = changes[Math.floor(random.next() * changes.length)] as Change
    const size = amount?.(magnitude / STRONGEST, result) ?? 0
    result = apply(result, isSigned && random.next() < 0.5 ? -size : size)
  }
  return result
}
