// `graft import-model`: weights that were trained elsewhere become a version of a model.
import { openAsBlob } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { ModelVersion } from '@graft/core/wire/models'
import type { Client } from '../client.ts'
import type { Output } from '../terminal.ts'

export interface ImportOptions {
  name: string
  /** A JSON array in a file, or one label a line. */
  labels: string
  /** A JSON file as a version's `preprocessing.json`. */
  preprocessing?: string
}

/** @throws what the platform refuses, and what the system says of a file */
export async function importModel(
  client: Client,
  file: string,
  { name, labels, preprocessing }: ImportOptions,
  output: Output,
): Promise<void> {
  const form = new FormData()
  form.set('labels', JSON.stringify(readLabels(await readFile(labels, 'utf8'))))
  if (preprocessing !== undefined) form.set('preprocessing', await readFile(preprocessing, 'utf8'))
  form.set('file', await openAsBlob(file), basename(file))
  const path = `/v1/models/${encodeURIComponent(name)}/versions`
  const answer = await client.request(path, { method: 'POST', body: form })
  const version = (await answer.json()) as ModelVersion
  const { model, version: number, architecture, labels: known } = version
  output.print(
    output.json
      ? JSON.stringify(version)
      : `${model}@${number} is registered: a ${architecture} with ${known.length} labels`,
  )
}

function readLabels(text: string): unknown {
  if (text.trimStart().startsWith('[')) return JSON.parse(text)
  return text.split(/\r?\n/).filter((line) => line !== '')
}
