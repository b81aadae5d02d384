import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createGate } from './gate.ts'

/** Tasks that end when told to, and a record of those that run. */
function controlled() {
  const running = new Set<string>()
  const ends = new Map<string, () => void>()
  const task = (name: string) => async () => {
    running.add(name)
    await new Promise<void>((resolve) => ends.set(name, resolve))
    running.delete(name)
    return name
  }
  return { running, task, end: (name: string) => ends.get(name)?.() }
}

test('as many as its width run at once, the others in the order they came', async () => {
  const gate = createGate(2)
  const { running, task, end } = controlled()
  const all = ['a', 'b', 'c', 'd'].map((name) => gate(task(name)))
  expect([...running]).toEqual(['a', 'b'])
  end('b')
  await all[1]
  expect([...running]).toEqual(['a', 'c'])
  end('a')
  await all[0]
  expect([...running]).toEqual(['c', 'd'])
  end('c')
  end('d')
  expect((await Promise.all(all)).map(({ value }) => value)).toEqual(['a', 'b', 'c', 'd'])
})

test('a task past the line is refused, and a place that becomes free is given again', async () => {
  const gate = createGate(1, 1)
  const { task, end } = controlled()
  const first = gate(task('first'))
  const second = gate(task('second'))
  await expect(gate(task('third'))).rejects.toMatchObject({ code: 'overloaded' })
  end('first')
  await first
  end('second')
  await second
  const fourth = gate(task('fourth'))
  end('fourth')
  expect((await fourth).value).toBe('fourth')
})

test('a failing task makes room', async () => {
  const gate = createGate(1)
  await expect(gate(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect((await gate(async () => 7)).value).toBe(7)
})

test('a task that waits for another says so', async () => {
  const gate = createGate(1)
  const [first, second] = await Promise.all([gate(() => sleep(5)), gate(async () => 0)])
  expect(second.waited).toBeGreaterThan(first.waited)
})

test('a task of many places waits until they are free, and no smaller one passes it', async () => {
  const gate = createGate(2)
  const { running, task, end } = controlled()
  const all = [gate(task('a')), gate(task('both'), 'interactive', 2), gate(task('b'))]
  expect([...running]).toEqual(['a'])
  end('a')
  await all[0]
  expect([...running]).toEqual(['both'])
  end('both')
  await all[1]
  expect([...running]).toEqual(['b'])
  end('b')
  await all[2]
})
