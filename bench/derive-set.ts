// Makes a harder data set of a folder of labelled photos, for bench/recipes.ts.
//
//   node bench/derive-set.ts FOLDER OUT grey|tiny|blurry|many|few=N|imbalanced=N
//
// FOLDER has train/label/photo and test/label/photo. grey, tiny (32 pixels at most) and blurry (shrunk to 100 pixels and
// enlarged again) change every photo. many makes eight labels of each: by the quarter turns of a photo, and whether it
// is a negative; each photo is in one of them. few keeps N training photos of each label, imbalanced one in N of the
// first label's.
import { createHash } from 'node:crypto'
import { cp, mkdir, readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, parse } from 'node:path'

const sharp = createRequire(new URL('../packages/vision/package.json', import.meta.url))('sharp')

const [folder, out, wanted] = process.argv.slice(2)
if (!folder || !out || !wanted) throw new Error('usage: node bench/derive-set.ts FOLDER OUT KIND')
const [kind = '', number = ''] = wanted.split('=')
const QUALITY = { quality: 95 }

/** A place in [0, 1) that a photo always has. */
const placeOf = (name: string) => createHash('sha256').update(name).digest().readUInt32BE() / 2 ** 32

type Draw = (
  photo: string,
) => Promise<{ image: { jpeg(options: object): { toFile(path: string): Promise<unknown> } }; label?: string }>
const draws: Record<string, Draw> = {
  grey: async (photo) => ({ image: sharp(photo).rotate().greyscale() }),
  tiny: async (photo) => ({ image: sharp(photo).rotate().resize(32, 32, { fit: 'inside' }) }),
  blurry: async (photo) => {
    const { width, height } = await sharp(photo).metadata()
    const small = await sharp(photo).resize(100, 100, { fit: 'outside' }).png().toBuffer()
    return { image: sharp(small).resize(width, height, { fit: 'fill', kernel: 'linear' }) }
  },
  many: async (photo) => {
    const variant = Math.floor(placeOf(photo.slice(folder.length)) * 8)
    const turned = sharp(photo).rotate((variant % 4) * 90)
    return { image: variant < 4 ? turned : turned.negate(), label: `-${variant}` }
  },
}

for (const split of ['train', 'test']) {
  for (const [index, label] of (await readdir(join(folder, split))).sort().entries()) {
    const photos = (await readdir(join(folder, split, label))).sort((a, b) => placeOf(a) - placeOf(b))
    let kept = photos.length
    if (split === 'train' && kind === 'few') kept = Number(number)
    if (split === 'train' && kind === 'imbalanced' && index === 0) kept = Math.ceil(kept / Number(number))
    for (const photo of photos.slice(0, kept)) {
      const from = join(folder, split, label, photo)
      const draw = draws[kind]
      const { image, label: suffix = '' } = (await draw?.(from)) ?? {}
      const to = join(out, split, label + suffix)
      await mkdir(to, { recursive: true })
      if (image === undefined) await cp(from, join(to, photo))
      else await image.jpeg(QUALITY).toFile(join(to, `${parse(photo).name}.jpg`))
    }
  }
}
