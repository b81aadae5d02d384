import { expect, test, vi } from 'vitest'
import type { Thread } from '../thread.ts'
import { keepSpareThread } from './spare-thread.ts'

/** Threads that are only counted, with their number as their answer. */
function starter() {
  const alive = new Set<number>()
  let started = 0
  const start = (): Thread<void, number> => {
    started += 1
    const number = started
    alive.add(number)
    const end = async () => {
      alive.delete(number)
    }
    return {
      ask: async () => number,
      isAlive: () => alive.has(number),
      close: end,
      kill: end,
    }
  }
  return { alive, start, started: () => started }
}

test('a thread is ready before it is taken, and another soon after', async () => {
  vi.useFakeTimers()
  try {
    const { alive, start, started } = starter()
    const threads = keepSpareThread(start, 1000)
    expect(started()).toBe(1)
    expect(await threads.take().ask()).toBe(1)
    // Two at once: the second starts its own.
    expect(await threads.take().ask()).toBe(2)
    expect(started()).toBe(2)
    vi.advanceTimersByTime(1000)
    expect(started()).toBe(3)
    expect(await threads.take().ask()).toBe(3)
    vi.advanceTimersByTime(1000)
    await threads.close()
    // What was taken belongs to who took it.
    expect([...alive]).toEqual([1, 2, 3])
  } finally {
    vi.useRealTimers()
  }
})

test('a spare that has ended by itself is not given', async () => {
  const { alive, start } = starter()
  const threads = keepSpareThread(start)
  alive.delete(1)
  expect(await threads.take().ask()).toBe(2)
  await threads.close()
})
