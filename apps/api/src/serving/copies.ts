// Copies of a network, each with a share of the cores. The threads of one network that has all of them wait for each
// other after each layer: a lone caller is answered soonest so, but of many callers' images copies run more in a second.
import type { RunBatch } from './batcher.ts'

/** A network in a thread of its own. */
export interface OpenNetwork {
  runBatch: RunBatch
  isAlive(): boolean
  close(): Promise<void>
}

export interface Copies {
  /** Opens them, once: not again where that has failed. */
  open(): void
  /** Runs a batch by one that is idle; undefined until they are open. */
  runBatch(): RunBatch | undefined
  /** How many are open. */
  count(): number
  isAlive(): boolean
  close(): Promise<void>
}

/**
 * @param open one copy; it has answered its golden examples
 * @param failed told why there are none
 */
export function createCopies(
  count: number,
  open: () => Promise<OpenNetwork>,
  failed: (error: unknown) => void,
): Copies {
  const all: OpenNetwork[] = []
  const idle: OpenNetwork[] = []
  let opening: Promise<void> | undefined

  async function openAll(): Promise<void> {
    const opened = await Promise.allSettled(Array.from({ length: count }, open))
    const networks = opened.filter((result) => result.status === 'fulfilled').map(({ value }) => value)
    const fault = opened.find((result) => result.status === 'rejected')
    if (fault === undefined) {
      all.push(...networks)
      idle.push(...networks)
      return
    }
    await Promise.all(networks.map((network) => network.close()))
    failed(fault.reason)
  }

  const runBatch: RunBatch = async (inputs, outputs) => {
    // The gate lets in as many batches as there are copies.
    const network = idle.pop()
    if (network === undefined) throw new Error('every copy of the network is busy')
    try {
      return await network.runBatch(inputs, outputs)
    } finally {
      idle.push(network)
    }
  }

  return {
    open() {
      opening ??= openAll()
    },
    runBatch: () => (all.length > 0 ? runBatch : undefined),
    count: () => all.length,
    isAlive: () => all.every((network) => network.isAlive()),
    async close() {
      await opening
      await Promise.all(all.map((network) => network.close()))
    },
  }
}
