// The record of how an image becomes the network's input. It travels with the model, and one function executes it.
import { z } from 'zod'

/** Mean and standard deviation of ImageNet's RGB channels, values in 0..1. Source: torchvision's reference transforms. */
export const IMAGENET_MEAN = [0.485, 0.456, 0.406] as const
export const IMAGENET_STD = [0.229, 0.224, 0.225] as const

const channels = z.tuple([z.number(), z.number(), z.number()])

/**
 * Steps in order: decode, orient by EXIF, sRGB without alpha (on white), resize, centre crop, `(x / 255 - mean) / std`.
 * `resize.mode`: `exact` stretches both sides to `size` (torchvision's `Resize([s, s])`); `short_side` scales the
 * shorter side to `size` and keeps the ratio (`Resize(s)`).
 */
export const preprocessingSchema = z.object({
  resize: z.object({ mode: z.enum(['exact', 'short_side']), size: z.int().min(1).max(1024) }),
  crop: z.int().min(1).max(1024),
  mean: channels,
  std: channels,
  interpolation: z.literal('bilinear'),
})

export type Preprocessing = z.infer<typeof preprocessingSchema>

/** The textbook's test transform: Resize([256, 256]), CenterCrop(224), ImageNet normalisation. */
export const TEXTBOOK_PREPROCESSING: Preprocessing = {
  resize: { mode: 'exact', size: 256 },
  crop: 224,
  mean: [...IMAGENET_MEAN],
  std: [...IMAGENET_STD],
  interpolation: 'bilinear',
}
