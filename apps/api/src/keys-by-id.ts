// The objects below a prefix by the row that they belong to: what the collections of garbage look up.
import type { ObjectStore } from '@graft/store/object-store'

/** Ids of one step: they are parameters of one statement, which takes 65,534. */
const STEP = 1000

/**
 * The keys `prefix/<id>/...` by their id, a step at a time, so that a full store does not pass through memory at once.
 *
 * @example for await (const keys of keysById(store, 'jobs')) console.log(keys.get('ftjob_1'))
 */
export async function* keysById(store: ObjectStore, prefix: string): AsyncGenerator<Map<string, string[]>> {
  let step = new Map<string, string[]>()
  // In the order of keys, so those of one id come together: ids are of one length.
  for await (const { key } of store.list(`${prefix}/`)) {
    const id = key.split('/')[1] ?? ''
    if (step.size === STEP && !step.has(id)) {
      yield step
      step = new Map()
    }
    const keys = step.get(id)
    if (keys) keys.push(key)
    else step.set(id, [key])
  }
  if (step.size > 0) yield step
}
