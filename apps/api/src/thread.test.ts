import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startThread, type Thread } from './thread.ts'

/** A thread that doubles, refuses, dies and cannot close, as it is told. */
const PROGRAM = `
import { GraftError } from ${JSON.stringify(import.meta.resolve('@graft/core/errors'))}
import { answerAsThread } from ${JSON.stringify(new URL('./thread.ts', import.meta.url).href)}
let isBroken = false
const close = async () => {
  if (isBroken) throw new Error('the runtime gives nothing back')
}
answerAsThread(async (question) => {
  if (question === 'break') isBroken = true
  if (question === 'refuse') throw new GraftError('image_empty', 'nothing there')
  if (question === 'die') process.exit(1)
  return question * 2
}, undefined, close)
`

let folder: string
let start: () => Thread<number | 'refuse' | 'die' | 'break', number>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-thread-'))
  const file = join(folder, 'program.ts')
  await writeFile(file, PROGRAM)
  start = () => startThread(pathToFileURL(file))
})
afterAll(() => rm(folder, { recursive: true }))

test('each question gets its own answer, and a refusal keeps its code', async () => {
  const thread = start()
  expect(await Promise.all([1, 2, 3].map((each) => thread.ask(each)))).toEqual([2, 4, 6])
  await expect(thread.ask('refuse')).rejects.toMatchObject({ code: 'image_empty', message: 'nothing there' })
  expect(await thread.ask(4)).toBe(8)
  await thread.close()
  await expect(thread.ask(1)).rejects.toThrow('has ended')
})

test('a thread that dies fails who waits for it, and says so', async () => {
  const thread = start()
  const waiting = thread.ask(1)
  const dying = thread.ask('die')
  expect(await waiting).toBe(2)
  await expect(dying).rejects.toThrow('has ended')
  expect(thread.isAlive()).toBe(false)
  await thread.close()
})

test('a thread that fails while it closes is closed', async () => {
  const thread = start()
  await thread.ask('break')
  await thread.close()
  expect(thread.isAlive()).toBe(false)
})
