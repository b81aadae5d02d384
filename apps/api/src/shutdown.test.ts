import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { runPhases } from './shutdown.ts'

test('phases run in order, and neither a failure nor a hang keeps the next one from its turn', async () => {
  const lines: string[] = []
  const log = pino({ base: null }, { write: (line: string) => void lines.push(line) })
  const ran: string[] = []
  const phases = [
    { name: 'first', seconds: 10, run: () => ran.push('first') },
    { name: 'fails', seconds: 10, run: () => Promise.reject(new Error('no')) },
    { name: 'hangs', seconds: 0.01, run: () => new Promise(() => {}) },
    { name: 'last', seconds: 10, run: async () => ran.push('last') },
  ]
  await runPhases(log, phases, 10)
  expect(ran).toEqual(['first', 'last'])
  expect(lines.map((line) => JSON.parse(line)).map(({ phase, msg }) => `${phase}: ${msg}`)).toEqual([
    'first: shutdown phase done',
    'fails: shutdown phase failed',
    'hangs: shutdown phase took too long',
    'last: shutdown phase done',
  ])
})

test('all phases together have their time: when it is gone, the rest are cut', async () => {
  const warnings: { phase: string; seconds: number }[] = []
  const log = pino(
    { base: null, level: 'warn' },
    { write: (line: string) => void warnings.push(JSON.parse(line)) },
  )
  const hangs = (name: string) => ({ name, seconds: 60, run: () => new Promise(() => {}) })
  await runPhases(log, [hangs('first'), hangs('second')], 0.1)
  expect(warnings).toMatchObject([
    { phase: 'first', seconds: 0.5 },
    { phase: 'second', seconds: 0.5 },
  ])
})

test.each([
  ['waits for the stop, and exits with 0', 1, 0],
  ['exits with 1 at once at the second signal', 2, 1],
])('SIGTERM %s', async (_, signals, status) => {
  const script = `
    import { pino } from 'pino'
    import { onShutdown } from ${JSON.stringify(join(import.meta.dirname, 'shutdown.ts'))}
    const stop = () => new Promise((resolve) => {
      console.log('stopping')
      if (${signals} === 1) setTimeout(resolve, 10)
    })
    onShutdown(pino({ level: 'silent' }), stop)
    setInterval(() => {}, 1000)
    console.log('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
  })
  for (let sent = 0; sent < signals; sent += 1) {
    await once(child.stdout, 'data') // ready, then stopping
    child.kill('SIGTERM')
  }
  const [code] = await once(child, 'exit')
  expect(code).toBe(status)
})
