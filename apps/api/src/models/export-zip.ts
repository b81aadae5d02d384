// A model version as a zip that runs without Graft: its files, its card, and examples, for programs or for browsers.
import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { GraftError } from '@graft/core/errors'
import type { ModelVersionRecord } from '@graft/db/models'
import { architectureOf } from '@graft/nn/resnet'
import { readSafetensors } from '@graft/nn/safetensors'
import { TFJS_WEIGHTS, toTfjs } from '@graft/nn/to-tfjs'
import type { ObjectStore } from '@graft/store/object-store'
import { lazyZip } from '../lazy-zip.ts'
import { toModelVersion } from './find-models.ts'
import { renderCard } from './model-card.ts'
import { findReport } from './read-report.ts'

/** What the examples and other programs need; golden examples and report are for Graft. */
const FORMATS = {
  /** The file in eight bits where it is the one that answers. */
  onnx: {
    files: ['model.onnx', 'model-int8.onnx', 'model.safetensors', 'labels.json', 'preprocessing.json'],
    examples: ['classify.py', 'classify.ts'],
  },
  tfjs: { files: ['labels.json', 'preprocessing.json'], examples: ['classify.html'] },
} as const
export const EXPORT_FORMATS = ['onnx', 'tfjs'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

const EXAMPLES_FOLDER = new URL('../../export/', import.meta.url)

/** Made while it is read. */
export async function zipModel(
  store: ObjectStore,
  version: ModelVersionRecord,
  format: ExportFormat = 'onnx',
): Promise<Readable> {
  const { files, examples } = FORMATS[format]
  const report = await findReport(store, version)
  const folder = `${version.name}-${version.number}`
  const objects = files.flatMap((name) => {
    const file = version.files[name]
    return file === undefined ? [] : [{ path: `${folder}/${name}`, key: file.key, bytes: file.bytes }]
  })
  const contents = {
    ...(format === 'tfjs' && (await tfjsFiles(store, version))),
    'README.md': Buffer.from(renderCard(toModelVersion(version), report)),
    ...Object.fromEntries(examples.map((name) => [name, readFileSync(new URL(name, EXAMPLES_FOLDER))])),
  }
  const made = Object.entries(contents).map(([name, content]) => {
    return { path: `${folder}/${name}`, content, compress: name !== TFJS_WEIGHTS }
  })
  return lazyZip(store, [...objects, ...made], version.createdAt)
}

/** Made at each download: it costs three times the weights in memory. @throws GraftError `not_found` without weights */
async function tfjsFiles(
  store: ObjectStore,
  { name, number, architecture, files }: ModelVersionRecord,
): Promise<Record<string, Buffer>> {
  const file = files['model.safetensors']
  if (file === undefined) throw new GraftError('not_found', `${name}@${number} has no model.safetensors.`)
  const made = toTfjs(architectureOf(architecture), readSafetensors(await store.read(file.key)))
  return { 'model.json': Buffer.from(JSON.stringify(made.model)), [TFJS_WEIGHTS]: Buffer.from(made.weights) }
}
