// Brings a model version into memory: checks its files, opens its network, and replays its golden examples.
import '@graft/nn/no-telemetry'
import { hash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { GraftError, isGraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { Preprocessing } from '@graft/core/preprocessing'
import { goldenSchema, type ModelFile } from '@graft/core/wire/models'
import { reportSchema } from '@graft/core/wire/report'
import type { ModelVersionRow } from '@graft/db/models'
import { blobKey, type ObjectStore } from '@graft/store/object-store'
import type { Logger } from 'pino'
import { startThread, type Thread } from '../thread.ts'
import { type Batcher, createBatcher, type RunBatch } from './batcher.ts'
import { createCopies, type OpenNetwork } from './copies.ts'
import type { ThresholdTable } from './decide.ts'
import type { Gate } from './gate.ts'
import type { InferenceAnswer, InferenceQuestion } from './inference-worker.ts'
import { ownMemory, type Preparer } from './preparer.ts'
import { keepSpareThread, type SpareThread } from './spare-thread.ts'

/** Largest difference of a logit from the golden one: float32 sums in another order stay well below it. */
const TOLERANCE = 1e-3
/** Each file that may answer, and its golden examples. */
const NETWORKS = {
  int8: ['model-int8.onnx', 'golden-int8.json'],
  float32: ['model.onnx', 'golden.json'],
} as const
/** The runtime keeps the weights as they came and as it packs them. */
const COPIES = 2
/** What a thread and the layers of a full batch hold beside the weights, as measured by bench/serve-memory.ts. */
const THREAD_BYTES = 160 * 1024 ** 2

export interface LoadedModel extends Batcher {
  /** `name@number` */
  reference: string
  labels: readonly string[]
  preprocessing: Preprocessing
  /** In which numbers it is computed. */
  precision: 'float32' | 'int8'
  /** Why its file in eight bits does not answer, though it has one. */
  declined: GraftError | undefined
  /** The head's weights [labels, features]. */
  head: Float32Array
  /** How right it was on the validation images, by confidence; empty where no image was held out. */
  thresholds: ThresholdTable
  /** What it holds in memory now, about. */
  bytes(): number
  /** False when a thread of it has ended by itself: it must be loaded again. */
  isAlive(): boolean
  close(): Promise<void>
}

export type InferenceThreads = SpareThread<InferenceQuestion, InferenceAnswer>

export function openInferenceThreads(): InferenceThreads {
  return keepSpareThread(() => startThread(new URL('./inference-worker.ts', import.meta.url)))
}

/** What models are loaded with. */
export interface Loader {
  store: ObjectStore
  preparer: Preparer
  threads: InferenceThreads
  /** The runtime's: a batch has all of the cores, or takes one place of `width` with a copy of its network. */
  turn: Gate
  width: number
  log: Pick<Logger, 'warn'>
}

/**
 * Answers only with a model that reproduces what its trainer saw.
 *
 * @throws GraftError `model_corrupt`, `store_unavailable`
 */
export async function loadModel(
  { store, preparer, threads, turn, width, log }: Loader,
  reference: string,
  { labels, preprocessing, files }: Pick<ModelVersionRow, 'labels' | 'preprocessing' | 'files'>,
): Promise<LoadedModel> {
  const corrupt = (message: string, cause?: unknown) =>
    new GraftError('model_corrupt', `The model ${reference} is not served: ${message}.`, [], { cause })

  async function readChecked(name: string): Promise<Buffer> {
    const file = files[name]
    if (file === undefined) throw corrupt(`it has no ${name}`)
    const bytes = await store.read(file.key)
    if (hash('sha256', bytes) === file.sha256) return bytes
    throw corrupt(`its ${name} does not hash to ${file.sha256}`)
  }

  async function prepareGolden(
    name: string,
  ): Promise<{ sha256: string; input: Float32Array; seen: number[] }[]> {
    const golden = goldenSchema.safeParse(JSON.parse((await readChecked(name)).toString()))
    if (!golden.success) throw corrupt(`its ${name} has another shape`)
    const { examples } = golden.data
    if (examples.length === 0) throw corrupt('it has no golden examples')
    return await Promise.all(
      examples.map(async ({ sha256, logits: seen }) => {
        const own = Object.values(files).find((file) => file.sha256 === sha256)
        const image = await store.read(own?.key ?? blobKey(sha256))
        const { value: input } = await preparer.prepare(image, preprocessing)
        return { sha256, input, seen }
      }),
    )
  }

  async function replay(
    runBatch: RunBatch,
    golden: Awaited<ReturnType<typeof prepareGolden>>,
  ): Promise<void> {
    await Promise.all(
      golden.map(async ({ sha256, input, seen }) => {
        const { rows } = await runBatch([input], ['logits'])
        const difference = largestDifference(rows[0]?.logits ?? [], seen)
        if (!(difference <= TOLERANCE)) throw corrupt(`a logit of image ${sha256} is off by ${difference}`)
      }),
    )
  }

  /** A report that cannot be read costs the decisions that need it, not the model. */
  async function readThresholds(): Promise<ThresholdTable> {
    if (files['report.json'] === undefined) return []
    try {
      const report = reportSchema.parse(JSON.parse((await readChecked('report.json')).toString()))
      return report.splits.validation?.thresholds ?? []
    } catch {
      return []
    }
  }

  async function open(precision: 'float32' | 'int8', declined?: GraftError): Promise<LoadedModel> {
    const [name, goldenName] = NETWORKS[precision]
    const file = files[name]
    if (file === undefined) throw corrupt(`it has no ${name}`)

    async function openOne(cores: number): Promise<OpenNetwork & { head: Float32Array }> {
      // A cold request waits for all of it, so the golden examples are made ready while the network opens.
      const preparing = prepareGolden(goldenName)
      preparing.catch(() => {}) // told below, when there is a network to close
      const { key, sha256 } = file as ModelFile
      const network = await openNetwork(threads.take(), store.read(key), {
        sha256,
        threads: cores,
        preprocessing,
      })
      try {
        await replay(network.runBatch, await preparing)
        return network
      } catch (error) {
        await network.close()
        throw error
      }
    }

    const network = await openOne(availableParallelism())
    const cores = Math.floor(availableParallelism() / width)
    const copies = createCopies(
      width > 1 ? width : 0,
      () => openOne(cores),
      (err) => log.warn({ err, model: reference }, 'the network has no copies'),
    )
    return {
      reference,
      labels,
      preprocessing,
      precision,
      declined,
      head: network.head,
      thresholds: await readThresholds(),
      bytes: () => (1 + copies.count()) * (COPIES * file.bytes + THREAD_BYTES),
      ...createBatcher({ runBatch: network.runBatch, copies, cores }, turn, width, limit('predictBatch')),
      isAlive: () => network.isAlive() && copies.isAlive(),
      async close() {
        await Promise.all([network.close(), copies.close()])
      },
    }
  }

  try {
    if (files[NETWORKS.int8[0]] === undefined) return await open('float32')
    // Another processor may add up eight bits otherwise: the float32 file answers there.
    return await open('int8').catch((error: unknown) => {
      if (isGraftError(error, 'store_unavailable')) throw error
      return open('float32', isGraftError(error) ? error : corrupt((error as Error).message, error))
    })
  } catch (error) {
    if (isGraftError(error, 'model_corrupt') || isGraftError(error, 'store_unavailable')) throw error
    throw corrupt((error as Error).message.replace(/\.$/, ''), error)
  }
}

/**
 * The network in a thread of its own: a thread that ends gives back all that the runtime has held. It takes
 * the file's hash too, which would stop this thread for as long as a prediction takes.
 */
async function openNetwork(
  thread: Thread<InferenceQuestion, InferenceAnswer>,
  reading: Promise<Buffer>,
  settings: { sha256: string; threads: number; preprocessing: Preprocessing },
): Promise<OpenNetwork & { head: Float32Array }> {
  async function open(): Promise<Float32Array> {
    const onnx = await reading
    // A small buffer shares its memory with others, and cannot be given away.
    const isWhole = onnx.length === onnx.buffer.byteLength
    const bytes = isWhole ? new Uint8Array(onnx.buffer as ArrayBuffer) : new Uint8Array(onnx)
    const answer = await thread.ask({ onnx: bytes, ...settings }, [bytes.buffer])
    if ('head' in answer) return answer.head
    throw new Error('the thread has answered another question')
  }
  const head = await open().catch(async (error: unknown) => {
    await thread.close()
    throw error
  })
  // The inputs go as they are: a copy of 600 kB for each image would keep the collector of this thread busy.
  const runBatch: RunBatch = async (images, outputs) => {
    const own = images.map((image) => (image instanceof Float32Array ? image : ownMemory(image)))
    const inputs = images.filter((image) => image instanceof Float32Array)
    const given = inputs.map(({ buffer }) => buffer as ArrayBuffer)
    const answer = await thread.ask({ images: own, outputs }, given)
    if ('rows' in answer) return answer
    throw new Error('the thread has answered another question')
  }
  return { head, runBatch, isAlive: thread.isAlive, close: thread.close }
}

/** NaN when the rows are not of one length. */
function largestDifference(row: ArrayLike<number>, golden: readonly number[]): number {
  if (row.length !== golden.length) return Number.NaN
  return Math.max(...golden.map((value, index) => Math.abs(value - (row[index] ?? Number.NaN))))
}
