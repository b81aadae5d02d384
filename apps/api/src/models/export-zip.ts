// A model version as a zip that runs without Graft: its files, its card, and an example in Python and in TypeScript.
import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import type { ModelVersionRecord } from '@graft/db/models'
import type { ObjectStore } from '@graft/store/object-store'
import { lazyZip } from '../lazy-zip.ts'
import { toModelVersion } from './find-models.ts'
import { renderCard } from './model-card.ts'
import { findReport } from './read-report.ts'

/** What the examples and other programs need, the file in eight bits where it is the one that answers; golden examples and report are for Graft. */
const FILES = ['model.onnx', 'model-int8.onnx', 'model.safetensors', 'labels.json', 'preprocessing.json']
const EXAMPLES = ['classify.py', 'classify.ts']
const EXAMPLES_FOLDER = new URL('../../export/', import.meta.url)

/** Made while it is read. */
export async function zipModel(store: ObjectStore, version: ModelVersionRecord): Promise<Readable> {
  const report = await findReport(store, version)
  const folder = `${version.name}-${version.number}`
  const objects = FILES.flatMap((name) => {
    const file = version.files[name]
    return file === undefined ? [] : [{ path: `${folder}/${name}`, key: file.key, bytes: file.bytes }]
  })
  const card = Buffer.from(renderCard(toModelVersion(version), report))
  const examples = EXAMPLES.map((name) => {
    return { path: `${folder}/${name}`, content: readFileSync(new URL(name, EXAMPLES_FOLDER)) }
  })
  const parts = [...objects, { path: `${folder}/README.md`, content: card }, ...examples]
  return lazyZip(store, parts, version.createdAt)
}
