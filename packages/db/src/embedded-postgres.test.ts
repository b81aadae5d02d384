import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startPostgres } from './embedded-postgres.ts'

let work: string
/** A stopped cluster with the row 7 in the table `kept`; the first start that would have made it was cut off. */
let made: string
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'graft-postgres-'))
  await chmod(work, 0o755)
  made = join(work, 'made')
  const first = startElsewhere(made)
  while (!hasUnfinishedCluster(made)) await sleep(5)
  process.kill(-first.pid!, 'SIGKILL') // and its initdb with it
  await once(first, 'exit')
  const { url, stop } = await startPostgres(made)
  await ask(url, 'create table kept as select 7 as n')
  await stop()
})
afterAll(() => rm(work, { recursive: true, force: true }))

function copyOfMade(name: string): string {
  const folder = join(work, name)
  execFileSync('cp', ['-a', made, folder])
  return folder
}

/** `pg_control` is written early: Postgres would take such a folder for a cluster. */
function hasUnfinishedCluster(folder: string): boolean {
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names.some((name) => existsSync(join(folder, name, 'global', 'pg_control')))
}

async function ask(url: string, statement: string) {
  const client = postgres(url, { max: 1 })
  try {
    return await client.unsafe(statement)
  } finally {
    await client.end()
  }
}

/** Runs `startPostgres` in a process, and a process group, of its own. */
function startElsewhere(folder: string, module = join(import.meta.dirname, 'embedded-postgres.ts')) {
  const program = `
    import { startPostgres } from ${JSON.stringify(pathToFileURL(module))}
    const { url, stop } = await startPostgres(${JSON.stringify(folder)})
    process.stdout.write(url + '\\n')
    process.on('SIGTERM', () => stop().then(() => process.exit()))
    setInterval(() => {}, 1000)`
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
}

/** What the process prints once Postgres is ready. */
async function urlFrom(child: ReturnType<typeof startElsewhere>): Promise<string> {
  const failure = once(child, 'exit').then(() => Promise.reject(new Error('Postgres did not start')))
  const [line] = await Promise.race([once(child.stdout, 'data'), failure])
  return String(line).trim()
}

test('keeps its rows over a stop, durably, for whoever has the password', async () => {
  const { url, stop } = await startPostgres(made)
  expect(await ask(url, 'select n from kept')).toEqual([{ n: 7 }])
  expect(await ask(url, 'show fsync')).toEqual([{ fsync: 'on' }])
  expect(await ask(url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
  await expect(ask(url.replace(/:[^:@]*@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/)
  expect((await stat(join(made, 'password'))).mode & 0o077).toBe(0)
  await stop()
  await expect(ask(url, 'select 1')).rejects.toThrow('ECONNREFUSED')
})

test('its folder may lie below one that is closed to other users', async () => {
  await mkdir(join(work, 'closed'), { mode: 0o700 })
  const { url, stop } = await startPostgres(copyOfMade('closed/postgres'))
  expect(await ask(url, 'select n from kept')).toEqual([{ n: 7 }])
  await stop()
})

test('a folder in use is refused with its process, and goes on undisturbed', async () => {
  const folder = copyOfMade('used')
  const owner = startElsewhere(folder)
  const url = await urlFrom(owner)
  const refusal = await startPostgres(folder).catch((error: unknown) => error)
  expect(refusal).toMatchObject({ code: 'data_directory_in_use' })
  expect(String(refusal)).toContain(`process ${owner.pid} runs`)
  expect(String(refusal)).toContain(folder)
  expect(await ask(url, 'select n from kept')).toEqual([{ n: 7 }])
  owner.kill('SIGTERM')
  await once(owner, 'exit')
})

test('a start takes over from a supervisor that was killed', async () => {
  const folder = copyOfMade('orphaned')
  const supervisor = startElsewhere(folder)
  await ask(await urlFrom(supervisor), 'insert into kept values (8)')
  supervisor.kill('SIGKILL')
  await once(supervisor, 'exit')

  const { url, stop } = await startPostgres(folder)
  expect(await ask(url, 'select n from kept order by n')).toEqual([{ n: 7 }, { n: 8 }])
  await stop()
})

test('killed under writes, it comes back at the same address with every acknowledged row', async () => {
  const folder = copyOfMade('killed')
  const crashes: string[] = []
  const { url, stop } = await startPostgres(folder, (message) => crashes.push(message))
  const writer = postgres(url, { max: 1, backoff: () => 0.1 })
  const acknowledged: number[] = []
  for (let n = 100; n < 500; n++) {
    if (n === 300) spawn('pkill', ['-KILL', '-f', join(folder, 'data')])
    await writer`insert into kept values (${n})`.then(
      () => acknowledged.push(n),
      () => {},
    )
  }
  await vi.waitFor(() => writer`select 1`, 20_000)
  const rows = (await writer`select n from kept`).map(({ n }) => n)
  expect(rows).toEqual(expect.arrayContaining(acknowledged))
  expect(acknowledged.length).toBeGreaterThanOrEqual(200)
  await writer.end()
  expect(crashes[0]).toContain('SIGKILL')
  await stop()
  await expect(ask(url, 'select 1')).rejects.toThrow('ECONNREFUSED')
})

test('the pid of a crashed postmaster may be another process by now', async () => {
  const folder = copyOfMade('reused')
  const { uid } = await stat(folder)
  const stranger = spawn('sleep', ['60'], { uid, cwd: '/' })
  await writeFile(join(folder, 'data', 'postmaster.pid'), `${stranger.pid}\n${join(folder, 'data')}\n`)
  const { url, stop } = await startPostgres(folder)
  expect(await ask(url, 'select n from kept')).toEqual([{ n: 7 }])
  expect(stranger.exitCode).toBe(null)
  await stop()
  stranger.kill()
})

test('a first start that was cut off is begun anew, and leaves nothing behind', () => {
  expect(readdirSync(made).sort()).toEqual(['data', 'log', 'password'])
})

test('its programs may lie below one that is closed to other users', async () => {
  const home = join(work, 'home')
  const modules = join(home, 'node_modules')
  await mkdir(join(modules, '@graft'), { recursive: true })
  await chmod(home, 0o700)
  for (const file of ['embedded-postgres.ts', 'postgres-programs.ts', 'postmaster.ts', 'package.json']) {
    await copyFile(join(import.meta.dirname, file === 'package.json' ? '..' : '.', file), join(home, file))
  }
  const packages = join(import.meta.dirname, '..', 'node_modules')
  for (const name of ['@graft/core', 'postgres']) await symlink(join(packages, name), join(modules, name))
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const programs = join(dirname(createRequire(import.meta.url).resolve(name)), '..')
  await mkdir(join(modules, '@embedded-postgres'))
  execFileSync('cp', ['-a', programs, join(modules, name)])

  const child = startElsewhere(copyOfMade('outside'), join(home, 'embedded-postgres.ts'))
  const url = await urlFrom(child)
  expect(await ask(url, 'select n from kept')).toEqual([{ n: 7 }])
  expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).toContain(join(modules, name))
  child.kill('SIGTERM')
  await once(child, 'exit')
})

test.runIf(process.getuid?.() === 0)('a container that withholds what this takes is told what to do', () => {
  const folder = copyOfMade('closed/withheld')
  const program = `
    import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, 'embedded-postgres.ts'))}
    await startPostgres(${JSON.stringify(folder)}).catch((error) => console.log(error.code, error.message))`
  const node = [process.execPath, '--input-type=module', '-e', program]
  const words = execFileSync('setpriv', ['--bounding-set=-dac_read_search', ...node], { encoding: 'utf8' })
  expect(words).toContain('internal')
  expect(words).toMatch(/may not enter \/.*: allow it \(chmod o\+x\)/)
})
