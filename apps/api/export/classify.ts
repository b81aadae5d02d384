// Classifies images with this folder's model. Node 24: npm install onnxruntime-node sharp; node classify.ts photo.jpg
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import sharp from 'sharp'

const inFolder = (name: string) => join(import.meta.dirname, name)
const labels = JSON.parse(readFileSync(inFolder('labels.json'), 'utf8'))
const { resize, crop, mean, std } = JSON.parse(readFileSync(inFolder('preprocessing.json'), 'utf8'))
const session = await InferenceSession.create(
  inFolder(existsSync(inFolder('model-int8.onnx')) ? 'model-int8.onnx' : 'model.onnx'),
)

/** Rows of RGB pixels to another length, by Pillow's bilinear filter; rows become columns. */
function stretch(pixels: Uint8Array, width: number, height: number, to: number): Uint8Array {
  const scale = width / to
  const support = Math.max(scale, 1)
  const result = new Uint8Array(3 * to * height)
  for (let x = 0; x < to; x += 1) {
    const centre = (x + 0.5) * scale
    const from = Math.max(0, Math.trunc(centre - support + 0.5))
    const until = Math.min(width, Math.trunc(centre + support + 0.5))
    const weights = Array.from({ length: until - from }, (_, at) =>
      Math.max(0, 1 - Math.abs((from + at + 0.5 - centre) / support)),
    )
    const total = weights.reduce((sum, weight) => sum + weight)
    for (let y = 0; y < height; y += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        const value = (at: number) => pixels[(y * width + from + at) * 3 + channel] ?? 0
        const sum = weights.reduce((all, weight, at) => all + weight * value(at), 0)
        result[(x * height + y) * 3 + channel] = Math.round(sum / total)
      }
    }
  }
  return result
}

for (const path of process.argv.slice(2)) {
  const image = sharp(path).autoOrient().flatten({ background: 'white' }).toColourspace('srgb').raw()
  const { data, info } = await image.toBuffer({ resolveWithObject: true })
  const short = Math.min(info.width, info.height)
  const side = (length: number) =>
    length === short || resize.mode === 'exact' ? resize.size : Math.trunc((resize.size * length) / short)
  const [width, height] = [side(info.width), side(info.height)]
  const pixels = stretch(stretch(data, info.width, info.height, width), info.height, width, height)
  const [left, top] = [Math.round((width - crop) / 2), Math.round((height - crop) / 2)]
  const input = Float32Array.from({ length: 3 * crop * crop }, (_, at) => {
    const [channel, y, x] = [Math.floor(at / crop / crop), Math.floor(at / crop) % crop, at % crop]
    return ((pixels[((y + top) * width + x + left) * 3 + channel] ?? 0) / 255 - mean[channel]) / std[channel]
  })
  const { logits } = await session.run({ images: new Tensor('float32', input, [1, 3, crop, crop]) }, [
    'logits',
  ])
  const powers = Array.from(logits?.data as Float32Array, Math.exp)
  const best = powers.indexOf(Math.max(...powers))
  const confidence = (powers[best] ?? 0) / powers.reduce((sum, power) => sum + power)
  console.log(`${path}\t${labels[best]}\t${confidence.toFixed(4)}`)
}
