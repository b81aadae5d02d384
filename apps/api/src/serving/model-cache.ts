// Keeps the models that were asked for last in memory. A model is loaded once for all who wait for it, and closed
// only when its last request is answered.
import { isGraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { MODEL_IN_MEMORY_STATES, sourcesOf } from '@graft/core/states'
import type { LoadedModel } from './load-model.ts'

export type ModelState = keyof typeof MODEL_IN_MEMORY_STATES

export interface ModelCache {
  /** Runs the task with the model, which stays open until the task ends. Throws what loading it threw. */
  use<T>(reference: string, task: (model: LoadedModel) => Promise<T>): Promise<T>
  /** What is in memory, by reference. */
  states(): Map<string, ModelState>
  /** Closes every model once its requests are answered. */
  close(): Promise<void>
}

interface Entry {
  readonly reference: string
  state: ModelState
  model: Promise<LoadedModel>
  users: number
  readonly gone: PromiseWithResolvers<void>
}

/**
 * At most `most` models stay loaded; one that was pushed out but still answers is in memory a moment longer.
 * A model that was found corrupt is not loaded again until it is pushed out: its bytes never change.
 */
export function createModelCache(
  load: (reference: string) => Promise<LoadedModel>,
  most = limit('modelsInMemory'),
): ModelCache {
  /** The least recently used first. */
  const entries = new Map<string, Entry>()
  const inMemory = new Set<Entry>()

  function begin(reference: string): Entry {
    const entry: Entry = {
      reference,
      state: 'cold',
      model: load(reference),
      users: 0,
      gone: Promise.withResolvers(),
    }
    enter(entry, 'loading')
    inMemory.add(entry)
    entry.model.then(
      () => {
        enter(entry, 'warm')
        if (entries.get(reference) !== entry) enter(entry, 'draining')
      },
      (error) => {
        leave(entry)
        if (entries.get(reference) === entry && !isGraftError(error, 'model_corrupt'))
          entries.delete(reference)
      },
    )
    return entry
  }

  function evict(entry: Entry): void {
    entries.delete(entry.reference)
    if (entry.state === 'warm') enter(entry, 'draining')
    closeIfUnused(entry)
  }

  function closeIfUnused(entry: Entry): void {
    if (entry.state !== 'draining' || entry.users > 0) return
    void entry.model.then((model) => model.close()).finally(() => leave(entry))
  }

  function leave(entry: Entry): void {
    enter(entry, 'cold')
    inMemory.delete(entry)
    entry.gone.resolve()
  }

  return {
    async use(reference, task) {
      const entry = entries.get(reference) ?? begin(reference)
      entries.delete(reference)
      entries.set(reference, entry)
      entry.users += 1
      for (const oldest of [...entries.values()].slice(0, -most)) evict(oldest)
      try {
        return await task(await entry.model)
      } finally {
        entry.users -= 1
        closeIfUnused(entry)
      }
    },
    states: () => new Map([...inMemory].map(({ reference, state }) => [reference, state])),
    async close() {
      for (const entry of [...entries.values()]) evict(entry)
      await Promise.all([...inMemory].map(({ gone }) => gone.promise))
    },
  }
}

function enter(entry: Entry, state: ModelState): void {
  if (!sourcesOf(MODEL_IN_MEMORY_STATES, state).includes(entry.state)) {
    throw new Error(`a model does not go from ${entry.state} to ${state}`)
  }
  entry.state = state
}
