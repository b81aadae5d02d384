// A real model for tests: the bundled ResNet-18 with a new head, in the store and the registry as a trainer leaves it.
import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { DEFAULT_PROJECT, type Project } from '@graft/core/names'
import { TEXTBOOK_PREPROCESSING } from '@graft/core/preprocessing'
import type { Golden, ModelFile } from '@graft/core/wire/models'
import type { Report } from '@graft/core/wire/report'
import { claimJob } from '@graft/db/job-lease'
import { publishModel } from '@graft/db/publication'
import { insertDataset, insertJob } from '@graft/db/test-rows'
import { openInference } from '@graft/nn/inference'
import { createRandom } from '@graft/nn/random'
import { toInt8 } from '@graft/nn/to-int8'
import { toOnnx } from '@graft/nn/to-onnx'
import { readBaseWeights, withNewHead } from '@graft/nn/weights'
import { blobKey } from '@graft/store/object-store'
import { decodeImage } from '@graft/vision/decode'
import { preprocess } from '@graft/vision/preprocess'
import type { Context } from './context.ts'

export const TEST_LABELS = ['glass', 'metal', 'paper']

const PHOTOS = new URL('../../../examples/recycling/test/', import.meta.url)

/** The first photos of a label, in the order of their names. */
export function testPhotos(label: string, count: number): Buffer[] {
  const folder = new URL(`${label}/`, PHOTOS)
  const names = readdirSync(folder).sort().slice(0, count)
  return names.map((name) => readFileSync(new URL(name, folder)))
}

export interface TestNetwork {
  onnx: Uint8Array
  golden: Golden
  /** What the golden examples were made of. */
  photos: Buffer[]
  /** The same in eight bits, where it shall answer. */
  int8?: { onnx: Uint8Array; golden: Golden }
  /** Of its outputs, where they are others than those of the tests. */
  labels?: string[]
  /** `report.json`, where there shall be one. */
  report?: Report
}

/** The same network each time, with the logits that it gives for one photo of each label. */
export async function makeNetwork(): Promise<TestNetwork> {
  const photos = TEST_LABELS.flatMap((label) => testPhotos(label, 1))
  const onnx = toOnnx('resnet18', testWeights())
  return { onnx, golden: await goldenOf(onnx, photos), photos }
}

/** The same with its file in eight bits. */
export async function makeInt8Network(): Promise<TestNetwork & Required<Pick<TestNetwork, 'int8'>>> {
  const network = await makeNetwork()
  const { photos } = network
  async function* inputs() {
    for (const photo of photos) yield await inputOf(photo)
  }
  const onnx = await toInt8('resnet18', testWeights(), inputs(), TEXTBOOK_PREPROCESSING.crop)
  return { ...network, int8: { onnx, golden: await goldenOf(onnx, photos) } }
}

const testWeights = () => withNewHead(readBaseWeights(), TEST_LABELS.length, createRandom(1))
const inputOf = async (photo: Buffer) => preprocess(await decodeImage(photo), TEXTBOOK_PREPROCESSING)

async function goldenOf(onnx: Uint8Array, photos: readonly Buffer[]): Promise<Golden> {
  const inference = await openInference(onnx)
  const examples: Golden['examples'] = []
  for (const photo of photos) {
    const { logits } = await inference.run(await inputOf(photo), TEXTBOOK_PREPROCESSING.crop, ['logits'])
    examples.push({ sha256: hash('sha256', photo), logits: Array.from(logits) })
  }
  await inference.close()
  return { examples }
}

/** Puts the network's files into the store. */
export async function storeNetwork(
  { store }: Pick<Context, 'store'>,
  folder: string,
  { onnx, golden, photos, report, int8, labels = TEST_LABELS }: TestNetwork,
): Promise<Record<string, ModelFile>> {
  for (const photo of photos) await store.put(blobKey(hash('sha256', photo)), photo)
  const contents = {
    'model.onnx': onnx,
    'golden.json': Buffer.from(JSON.stringify(golden)),
    ...(int8 && {
      'model-int8.onnx': int8.onnx,
      'golden-int8.json': Buffer.from(JSON.stringify(int8.golden)),
    }),
    'labels.json': Buffer.from(JSON.stringify(labels)),
    ...(report && { 'report.json': Buffer.from(JSON.stringify(report)) }),
    'preprocessing.json': Buffer.from(JSON.stringify(TEXTBOOK_PREPROCESSING)),
  }
  const files: Record<string, ModelFile> = {}
  for (const [name, bytes] of Object.entries(contents)) {
    const key = `models/${folder}/${name}`
    files[name] = { key, ...(await store.put(key, bytes)) }
  }
  return files
}

/** Registers a version of a model as the result of a job of its own. Answers `name@number`. */
export async function publishNetwork(
  context: Pick<Context, 'db' | 'store'>,
  name: string,
  network: TestNetwork,
  project: Project = DEFAULT_PROJECT,
): Promise<string> {
  const { db } = context
  const datasetId = await insertDataset(db, `photos-${crypto.randomUUID()}`, project)
  const jobId = await insertJob(db, datasetId, { project, modelName: name })
  const claimed = await claimJob(db, jobId)
  if (claimed === undefined) throw new Error('the job was just made')
  const reference = await publishModel(db, claimed.lease, {
    stage: 'fine_tuned',
    architecture: 'resnet18',
    labels: network.labels ?? TEST_LABELS,
    preprocessing: TEXTBOOK_PREPROCESSING,
    metrics: { test_accuracy: 0.5 },
    files: await storeNetwork(context, jobId, network),
  })
  if (reference === undefined) throw new Error('nobody has cancelled the job')
  return reference
}
