// Weights from outside: read by what the file is, and checked to be those of a network that we can build.
import { GraftError } from '@graft/core/errors'
import { fromOnnx } from './from-onnx.ts'
import { readPth } from './pth.ts'
import { ARCHITECTURES, type ArchitectureName, resnet } from './resnet.ts'
import { readSafetensors } from './safetensors.ts'
import type { Weights } from './weights.ts'

export type WeightsFormat = 'safetensors' | 'pth' | 'onnx'

/** By its first bytes: a zip (or an old pickle), a length and a JSON object, or a protocol buffer. */
export function formatOf(bytes: Uint8Array): WeightsFormat {
  const [first, second] = bytes
  if ((first === 0x50 && second === 0x4b) || first === 0x80) return 'pth'
  return bytes[8] === 0x7b ? 'safetensors' : 'onnx'
}

export interface Recognised {
  architecture: ArchitectureName
  classes: number
  /** In the order of the network, and nothing else. */
  weights: Weights
}

/** @throws GraftError `weights_invalid` */
export async function readWeights(bytes: Uint8Array): Promise<Recognised> {
  const format = formatOf(bytes)
  if (format === 'pth') return recognise(await readPth(bytes))
  return recognise(format === 'onnx' ? fromOnnx(bytes) : readSafetensors(bytes))
}

/**
 * The architecture whose parameters these are, by torchvision's names and shapes.
 *
 * @throws GraftError `weights_invalid`; its message names the first fault
 */
export function recognise(weights: Weights): Recognised {
  const head = weights.get('fc.bias')?.shape
  const classes = head?.length === 1 ? (head[0] ?? 0) : 0
  if (classes < 1) throw invalid('there is no fc.bias of one axis')
  const faults: { at: number; fault: string }[] = []
  for (const architecture of ARCHITECTURES) {
    const { parameters } = resnet(architecture, classes, { batchNorm: 'frozen' })
    const names = [...parameters].map(([name, { shape }]) => ({ name, shape: shape.join(' x ') }))
    const at = names.findIndex(({ name, shape }) => weights.get(name)?.shape.join(' x ') !== shape)
    const missing = names[at]
    const other = [...weights.keys()].find((name) => !parameters.has(name) && !isCount(name))
    if (missing === undefined && other === undefined) {
      return {
        architecture,
        classes,
        weights: inOrder(
          weights,
          names.map(({ name }) => name),
        ),
      }
    }
    const fault =
      missing === undefined
        ? `a ${architecture} has no ${other}`
        : `a ${architecture} has a ${missing.name} of ${missing.shape}`
    faults.push({ at: missing === undefined ? names.length : at, fault })
  }
  const [nearest] = faults.sort((a, b) => b.at - a.at)
  throw invalid(nearest?.fault ?? 'they have no architecture')
}

/** Batches that a batch norm has seen: nothing reads it. */
const isCount = (name: string) => name.endsWith('.num_batches_tracked')

function inOrder(weights: Weights, names: readonly string[]): Weights {
  const ordered: Weights = new Map()
  for (const name of names) {
    const weight = weights.get(name)
    if (weight === undefined) throw new Error('each name was looked up above')
    const isFine = name.endsWith('running_var') ? isVariance : Number.isFinite
    const index = weight.data.findIndex((value) => !isFine(value))
    if (index >= 0) throw invalid(`number ${index} of ${name} is ${weight.data[index]}`)
    ordered.set(name, weight)
  }
  return ordered
}

const isVariance = (value: number) => Number.isFinite(value) && value >= 0

function invalid(reason: string): GraftError {
  const known = ARCHITECTURES.join(' or ')
  return new GraftError('weights_invalid', `These are no weights of a ${known}: ${reason}.`)
}
