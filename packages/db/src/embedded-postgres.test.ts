import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startPostgres } from './embedded-postgres.ts'

let work: string
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'graft-postgres-'))
})
afterEach(async () => {
  await rm(work, { recursive: true, force: true })
})

async function ask(url: string, statement: string) {
  const client = postgres(url, { max: 1 })
  try {
    return await client.unsafe(statement)
  } finally {
    await client.end()
  }
}

test('keeps its rows over a stop, below a folder that is closed to other users', async () => {
  const closed = join(work, 'closed')
  await mkdir(closed)
  await chmod(closed, 0o700)
  const first = await startPostgres(join(closed, 'postgres'))
  await ask(first.url, 'create table kept as select 7 as n')
  expect(await ask(first.url, 'show fsync')).toEqual([{ fsync: 'on' }])
  expect(await ask(first.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
  await first.stop()
  await expect(ask(first.url, 'select 1')).rejects.toThrow('ECONNREFUSED')

  const second = await startPostgres(join(closed, 'postgres'))
  expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 7 }])
  await second.stop()
  expect((await stat(join(closed, 'postgres', 'password'))).mode & 0o077).toBe(0)
})

test('a wrong password is refused', async () => {
  const { url, stop } = await startPostgres(join(work, 'postgres'))
  await expect(ask(url.replace(/:[^:@]*@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/)
  await stop()
})

test('a start takes over after its parent was killed, and no acknowledged row is lost', async () => {
  const folder = join(work, 'postgres')
  const program = `
    import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, 'embedded-postgres.ts'))}
    const { url } = await startPostgres(${JSON.stringify(folder)})
    process.stdout.write(url + '\\n')
    setInterval(() => {}, 1000)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(parent.stdout, 'data')
  await ask(String(line).trim(), 'create table kept as select 7 as n')
  parent.kill('SIGKILL')
  await once(parent, 'exit')

  const next = await startPostgres(folder)
  expect(await ask(next.url, 'select n from kept')).toEqual([{ n: 7 }])

  await next.stop()
})

test('a postmaster that is killed is started again at the same address, with its rows', async () => {
  const folder = join(work, 'postgres')
  const crashes: string[] = []
  const { url, stop } = await startPostgres(folder, (message) => crashes.push(message))
  await ask(url, 'create table kept as select 7 as n')
  execFileSync('pkill', ['-KILL', '-f', join(folder, 'data')])
  await vi.waitFor(async () => expect(await ask(url, 'select n from kept')).toEqual([{ n: 7 }]), 20_000)
  expect(crashes[0]).toContain('SIGKILL')
  await stop()
  await expect(ask(url, 'select 1')).rejects.toThrow('ECONNREFUSED')
})
