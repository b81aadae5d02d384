// A model version as a zip that runs without Graft: its files, its card, and an example in Python and in TypeScript.
import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import type { ModelVersionRecord } from '@graft/db/models'
import type { ObjectStore } from '@graft/store/object-store'
import { ZipFile } from 'yazl'
import { toModelVersion } from './find-models.ts'
import { renderCard } from './model-card.ts'
import { findReport } from './read-report.ts'

/** What the examples and other programs need, the file in eight bits where it is the one that answers; golden examples and report are for Graft. */
const FILES = ['model.onnx', 'model-int8.onnx', 'model.safetensors', 'labels.json', 'preprocessing.json']
const EXAMPLES = ['classify.py', 'classify.ts']
const EXAMPLES_FOLDER = new URL('../../export/', import.meta.url)

/** Made while it is read; weights are not compressed, since they would hardly shrink. */
export async function zipModel(store: ObjectStore, version: ModelVersionRecord): Promise<Readable> {
  const report = await findReport(store, version)
  const folder = `${version.name}-${version.number}`
  const mtime = version.createdAt
  const zip = new ZipFile()
  const output = zip.outputStream as Readable
  zip.on('error', (error: Error) => output.destroy(error))
  // A reader that goes away leaves a file open.
  let open: Readable | undefined
  output.once('close', () => open?.destroy())
  for (const name of FILES) {
    const file = version.files[name]
    if (file === undefined) continue
    zip.addReadStreamLazy(`${folder}/${name}`, { mtime, compress: false, size: file.bytes }, (give) => {
      store.get(file.key).then(
        (stream) => {
          open = stream
          give(null, stream)
        },
        (error) => give(error, output),
      )
    })
  }
  zip.addBuffer(Buffer.from(renderCard(toModelVersion(version), report)), `${folder}/README.md`, { mtime })
  for (const name of EXAMPLES) {
    zip.addBuffer(readFileSync(new URL(name, EXAMPLES_FOLDER)), `${folder}/${name}`, { mtime })
  }
  zip.end()
  return output
}
