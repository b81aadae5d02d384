// Joins what is asked at the same time into one statement.

/**
 * Keys that are asked for while a load is on its way go into the next one, so a slow load makes larger batches, not
 * more of them.
 * @example const claim = batched((hashes) => claimBlobs(db, hashes)); await Promise.all([claim('a'), claim('b')])
 */
export function batched<K, V>(load: (keys: K[]) => Promise<Map<K, V>>): (key: K) => Promise<V | undefined> {
  let loading: Promise<unknown> = Promise.resolve()
  let next: { keys: K[]; values: Promise<Map<K, V>> } | undefined
  return async (key) => {
    if (next === undefined) {
      const keys: K[] = []
      const values = loading.then(() => {
        next = undefined
        return load(keys)
      })
      next = { keys, values }
      loading = values.catch(() => {})
    }
    next.keys.push(key)
    return (await next.values).get(key)
  }
}
