// Keeps the models that were asked for last in memory, and none that nobody asks for. A model is loaded once for all
// who wait for it, and closed only when its last request is answered.
import { isGraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { Project } from '@graft/core/names'
import { MODEL_IN_MEMORY_STATES, sourcesOf } from '@graft/core/states'
import type { LoadedModel } from './load-model.ts'
import { placeOf } from './place-of.ts'

export type ModelState = keyof typeof MODEL_IN_MEMORY_STATES

export interface ModelCache {
  /**
   * Runs the task with the model, which stays open until the task ends. Throws what loading it threw.
   * @param idleSeconds after which the model leaves the memory when nobody asks for it; null: the limit
   */
  use<T>(
    project: Project,
    reference: string,
    idleSeconds: number | null,
    task: (model: LoadedModel) => Promise<T>,
  ): Promise<T>
  stateOf(project: Project, reference: string): ModelState
  /** Of each that is in memory. */
  states(): ModelState[]
  /** Closes every model once its requests are answered. */
  close(): Promise<void>
}

interface Entry {
  /** `project/name@number` */
  readonly place: string
  state: ModelState
  model: Promise<LoadedModel>
  /** Undefined until it is. */
  loaded: LoadedModel | undefined
  users: number
  /** When it leaves the memory if nobody asks for it. */
  idleAt: number
  readonly gone: PromiseWithResolvers<void>
}

/** Milliseconds between two looks for models that nobody asks for. */
const SWEEP_EVERY = 1000

/**
 * At most `most` models, of `mostBytes` together, stay loaded; one that was pushed out but still answers is in memory
 * a moment longer, and the newest stays whatever its size. A model that was found corrupt is not loaded again until it
 * is pushed out: its bytes never change.
 */
export function createModelCache(
  load: (project: Project, reference: string) => Promise<LoadedModel>,
  most = limit('modelsInMemory'),
  mostBytes = limit('modelBytes'),
): ModelCache {
  /** The least recently used first. */
  const entries = new Map<string, Entry>()
  const inMemory = new Set<Entry>()

  function begin(project: Project, reference: string): Entry {
    const place = placeOf(project, reference)
    const entry: Entry = {
      place,
      state: 'cold',
      model: load(project, reference),
      loaded: undefined,
      users: 0,
      idleAt: 0,
      gone: Promise.withResolvers(),
    }
    enter(entry, 'loading')
    inMemory.add(entry)
    entry.model.then(
      (model) => {
        enter(entry, 'warm')
        entry.loaded = model
        if (entries.get(place) !== entry) enter(entry, 'draining')
        makeRoom()
      },
      (error) => {
        leave(entry)
        if (entries.get(place) === entry && !isGraftError(error, 'model_corrupt')) entries.delete(place)
      },
    )
    return entry
  }

  function evict(entry: Entry): void {
    entries.delete(entry.place)
    if (entry.state === 'warm') enter(entry, 'draining')
    closeIfUnused(entry)
  }

  function makeRoom(): void {
    let bytes = 0
    for (const entry of entries.values()) bytes += entry.loaded?.bytes() ?? 0
    for (const entry of [...entries.values()].slice(0, -1)) {
      if (entries.size <= most && bytes <= mostBytes) return
      bytes -= entry.loaded?.bytes() ?? 0
      evict(entry)
    }
  }

  const sweeping = setInterval(() => {
    for (const entry of [...entries.values()]) {
      if (entry.users === 0 && entry.idleAt <= performance.now()) evict(entry)
    }
  }, SWEEP_EVERY).unref()

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
    async use(project, reference, idleSeconds, task) {
      const place = placeOf(project, reference)
      const known = entries.get(place)
      if (known?.loaded?.isAlive() === false) evict(known)
      const entry = entries.get(place) ?? begin(project, reference)
      entries.delete(place)
      entries.set(place, entry)
      entry.users += 1
      makeRoom()
      try {
        return await task(await entry.model)
      } finally {
        entry.users -= 1
        // Of the endpoints that share a model, the one that keeps it longest decides.
        const idle = (idleSeconds ?? limit('modelIdleSeconds')) * 1000
        entry.idleAt = Math.max(entry.idleAt, performance.now() + idle)
        closeIfUnused(entry)
      }
    },
    stateOf(project, reference) {
      const place = placeOf(project, reference)
      // One that is pushed out is in memory beside the one that took its place.
      return [...inMemory].findLast((entry) => entry.place === place)?.state ?? 'cold'
    },
    states: () => [...inMemory].map(({ state }) => state),
    async close() {
      clearInterval(sweeping)
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
