// Works on several items of a stream at once, in bounded memory, and loses no error of either side.

/**
 * The next item is pulled when fewer than `concurrency` are in work. The first error, of the items or of the work, ends
 * it, once what is in work has ended. (p-map 7.1 pulls ahead, and can take the stream's error for its end.)
 *
 * @returns the results in the order of their items
 */
export async function mapConcurrently<T, R>(
  items: AsyncIterable<T>,
  concurrency: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  // Work that has failed stays in the set, so that the next look at it throws.
  const inWork = new Set<Promise<void>>()
  let count = 0
  try {
    for await (const item of items) {
      const at = count++
      const task = work(item).then((result) => {
        results[at] = result
        inWork.delete(task)
      })
      task.catch(() => {})
      inWork.add(task)
      if (inWork.size >= concurrency) await Promise.race(inWork)
    }
    await Promise.all(inWork)
    return results
  } finally {
    await Promise.allSettled(inWork)
  }
}
