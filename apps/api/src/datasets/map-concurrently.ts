// Works on several items of a stream at once, in bounded memory, and loses no error of either side.

/**
 * The next item is pulled when fewer than `concurrency` are in work, and they weigh less than `load.most` together. The
 * first error, of the items or of the work, ends
 * it, once what is in work has ended. (p-map 7.1 pulls ahead, and can take the stream's error for its end.)
 *
 * @returns the results in the order of their items
 */
export async function mapConcurrently<T, R>(
  items: AsyncIterable<T>,
  concurrency: number,
  work: (item: T) => Promise<R>,
  load: { most: number; of: (item: T) => number } = { most: 1, of: () => 0 },
): Promise<R[]> {
  const results: R[] = []
  // Work that has failed stays in the set, so that the next look at it throws.
  const inWork = new Set<Promise<void>>()
  let count = 0
  let weight = 0
  try {
    for await (const item of items) {
      const at = count++
      const ofItem = load.of(item)
      weight += ofItem
      const task = work(item).then((result) => {
        results[at] = result
        weight -= ofItem
        inWork.delete(task)
      })
      task.catch(() => {})
      inWork.add(task)
      while (inWork.size >= concurrency || weight >= load.most) await Promise.race(inWork)
    }
    await Promise.all(inWork)
    return results
  } finally {
    await Promise.allSettled(inWork)
  }
}
