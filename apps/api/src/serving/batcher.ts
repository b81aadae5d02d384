// Makes batches of what many requests ask of one model. Nobody waits for a batch to fill: what has come while the
// runtime was busy is the next batch, and when it is idle an image runs at once and alone.
import type { OutputName } from '@graft/nn/inference'
import type { Copies } from './copies.ts'
import type { Gate, Lane } from './gate.ts'

/** What the network says of one image. */
export type Row = { logits: Float32Array } & Partial<Record<OutputName, Float32Array>>

/** An input [3, size, size], whose memory is given away, or a file of which the network's thread makes one itself. */
export type Asked = Float32Array | Uint8Array

/** Asks the network: `outputs` of each image, in order, and the milliseconds that making inputs of files took. */
export type RunBatch = (
  images: readonly Asked[],
  outputs: readonly OutputName[],
) => Promise<{ rows: readonly (Row | undefined)[]; prepared: number }>

/** One image's row, and where its milliseconds went. */
export interface Ran<R = Row> {
  row: R
  waited: number
  /** One image's share. */
  prepared: number
  /** The whole batch's. */
  took: number
  /** Images of the batch. */
  batch: number
  /** Batches that run side by side as this one has. */
  abreast: number
}

/** What runs the batches of one model. */
export interface Runner {
  /** Has all of the cores. */
  runBatch: RunBatch
  copies: Pick<Copies, 'open' | 'runBatch'>
  /** Of each copy. */
  cores: number
}

export interface Batcher {
  /**
   * `logits` come always, other outputs where they are asked for.
   * The input's memory is given away: it is empty from then on.
   * An image whose signal has aborted when its turn comes is not run: the reason is thrown.
   */
  run(input: Float32Array, outputs: readonly OutputName[], signal?: AbortSignal, lane?: Lane): Promise<Ran>
  /** Of a file that `isPlainJpeg`; without a row where it turns out to be none. */
  runFile(
    file: Uint8Array,
    outputs: readonly OutputName[],
    signal?: AbortSignal,
    lane?: Lane,
  ): Promise<Ran<Row | undefined>>
  /**
   * Whether a file is answered soonest by the network's thread alone: nothing is here, or what runs has one core, which
   * nobody waits for meanwhile.
   */
  takesFiles(): boolean
}

/** Images of a bulk batch: whoever asks meanwhile waits for it, and a larger one is hardly faster for each image. */
const MOST_BULK = 4
/** Milliseconds for which each batch must have left images behind until the network's copies are opened. */
const CROWDED = 1000

interface Item {
  image: Asked
  outputs: readonly OutputName[]
  signal: AbortSignal | undefined
  arrived: number
  answer: PromiseWithResolvers<Ran<Row | undefined>>
}

/**
 * @param turn the runtime's gate, which all models share
 * @param width the gate's: a batch of the network takes all of it, one of its copies a place
 * @param most images of a batch
 */
export function createBatcher(
  { runBatch, copies, cores }: Runner,
  turn: Gate,
  width: number,
  most: number,
): Batcher {
  const lanes = {
    interactive: { items: [] as Item[], isInLine: false, most },
    bulk: { items: [] as Item[], isInLine: false, most: Math.min(most, MOST_BULK) },
  }

  let running = 0
  /** Since when each batch has left images behind. */
  let crowdedSince = Number.POSITIVE_INFINITY

  /** Stands in line once for all who wait in a lane. Models that have more than a batch take turns. */
  async function work(name: Lane): Promise<void> {
    const lane = lanes[name]
    if (lane.isInLine) return
    lane.isInLine = true
    const isAlone = running === 0 && lane.items.length === 1
    const copy = isAlone ? undefined : copies.runBatch()
    const places = copy ? 1 : width
    const abreast = width / places
    await turn(
      async () => {
        lane.isInLine = false
        const batch = takeBatch(lane, abreast)
        noteCrowd(lane.items.length > 0)
        running += 1
        const ended = run(batch, copy ?? runBatch, abreast)
        if (lane.items.length > 0) void work(name)
        await ended
        running -= 1
      },
      name,
      places,
    )
  }

  function noteCrowd(isCrowded: boolean): void {
    if (!isCrowded) crowdedSince = Number.POSITIVE_INFINITY
    else if (crowdedSince === Number.POSITIVE_INFINITY) crowdedSince = performance.now()
    else if (performance.now() - crowdedSince >= CROWDED) copies.open()
  }

  /** What one of so many that run side by side takes: the others, who soon are idle too, find their share. */
  function takeBatch(lane: { items: Item[]; most: number }, abreast: number): Item[] {
    const share = Math.min(lane.most, Math.ceil(lane.items.length / abreast))
    const batch: Item[] = []
    while (batch.length < share) {
      const item = lane.items.shift()
      if (item === undefined) break
      if (item.signal?.aborted) item.answer.reject(item.signal.reason)
      else batch.push(item)
    }
    return batch
  }

  async function run(batch: readonly Item[], runBatch: RunBatch, abreast: number): Promise<void> {
    if (batch.length === 0) return
    const started = performance.now()
    try {
      const outputs = new Set<OutputName>(['logits', ...batch.flatMap((item) => item.outputs)])
      const { rows, prepared } = await runBatch(
        batch.map(({ image }) => image),
        [...outputs],
      )
      const took = performance.now() - started - prepared
      for (const [index, { arrived, answer }] of batch.entries()) {
        const times = { waited: started - arrived, prepared: prepared / batch.length, took }
        answer.resolve({ row: rows[index], ...times, batch: batch.length, abreast })
      }
    } catch (error) {
      for (const { answer } of batch) answer.reject(error)
    }
  }

  function wait(
    image: Asked,
    outputs: readonly OutputName[],
    signal?: AbortSignal,
    lane: Lane = 'interactive',
  ) {
    const answer = Promise.withResolvers<Ran<Row | undefined>>()
    lanes[lane].items.push({ image, outputs, signal, arrived: performance.now(), answer })
    void work(lane)
    return answer.promise
  }

  return {
    run: async (...asked) => (await wait(...asked)) as Ran,
    runFile: wait,
    takesFiles() {
      const isIdle = running === 0 && lanes.interactive.items.length + lanes.bulk.items.length === 0
      return isIdle || (cores === 1 && copies.runBatch() !== undefined)
    },
  }
}
