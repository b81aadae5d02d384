import { expect, test } from 'vitest'
import { createCopies, type OpenNetwork } from './copies.ts'

/** Networks that are open or closed, and answer with their number. */
function networks(fails: (number: number) => boolean = () => false) {
  const open = new Set<number>()
  let asked = 0
  const openOne = async (): Promise<OpenNetwork> => {
    asked += 1
    const number = asked
    if (fails(number)) throw new Error(`no ${number}`)
    open.add(number)
    return {
      runBatch: async (images) => ({
        rows: images.map(() => ({ logits: Float32Array.of(number) })),
        prepared: 0,
      }),
      isAlive: () => open.has(number),
      close: async () => {
        open.delete(number)
      },
    }
  }
  return { open, openOne, asked: () => asked }
}
const settle = () => new Promise(setImmediate)

test('they are opened once, run side by side, and are closed together', async () => {
  const { open, openOne, asked } = networks()
  const copies = createCopies(2, openOne, (error) => expect.fail(String(error)))
  expect([copies.runBatch(), copies.count()]).toEqual([undefined, 0])
  copies.open()
  copies.open()
  await settle()
  expect([asked(), copies.count()]).toEqual([2, 2])
  const run = copies.runBatch()!
  const answers = await Promise.all([run([new Float32Array(1)], []), run([new Float32Array(1)], [])])
  expect(answers.map(({ rows }) => rows[0]!.logits[0]).sort()).toEqual([1, 2])
  await copies.close()
  expect(open.size).toBe(0)
})

test('where one cannot be opened there are none, the reason is told, and nothing stays open', async () => {
  const { open, openOne, asked } = networks((number) => number === 2)
  const faults: unknown[] = []
  const copies = createCopies(3, openOne, (error) => faults.push(error))
  copies.open()
  await settle()
  copies.open()
  await settle()
  expect(faults).toEqual([new Error('no 2')])
  expect([asked(), copies.count(), open.size]).toEqual([3, 0, 0])
  expect(copies.runBatch()).toBeUndefined()
})

test('closing waits for what is being opened', async () => {
  const { open, openOne } = networks()
  const copies = createCopies(2, openOne, (error) => expect.fail(String(error)))
  copies.open()
  await copies.close()
  expect(open.size).toBe(0)
})

test('they are alive while each of them is', async () => {
  const { open, openOne } = networks()
  const copies = createCopies(2, openOne, (error) => expect.fail(String(error)))
  expect(copies.isAlive()).toBe(true)
  copies.open()
  await settle()
  expect(copies.isAlive()).toBe(true)
  open.delete(1)
  expect(copies.isAlive()).toBe(false)
})
