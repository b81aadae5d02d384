// For tests: a real S3 server on a folder of its own.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

export interface Versitygw {
  /** What `openStore('s3://graft/...', env)` needs to reach the bucket `graft`. */
  env: NodeJS.ProcessEnv
  /** Where the bucket's objects lie. */
  bucket: string
  stop(): Promise<void>
}

/** Starts it on a free port of the loopback; builds it first where that has not been done: minutes. */
export async function startVersitygw(): Promise<Versitygw> {
  const setup = join(import.meta.dirname, '../../../infra/setup/versitygw.ts')
  const binary = (await promisify(execFile)(process.execPath, [setup])).stdout.trim()
  const folder = mkdtempSync(join(tmpdir(), 'graft-versitygw-'))
  const bucket = join(folder, 'buckets', 'graft')
  mkdirSync(bucket, { recursive: true })
  mkdirSync(join(folder, 'sidecar'))
  const port = await freePort()
  const credentials = { ROOT_ACCESS_KEY: 'test', ROOT_SECRET_KEY: 'test-secret' }
  // Not every file system of a temporary folder has extended attributes: they lie in the sidecar folder instead.
  const posix = ['posix', '--sidecar', join(folder, 'sidecar'), join(folder, 'buckets')]
  const server = spawn(binary, ['--port', `127.0.0.1:${port}`, '--quiet', ...posix], {
    env: { ...process.env, ...credentials },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  process.once('exit', () => server.kill('SIGKILL'))
  const endpoint = `http://127.0.0.1:${port}`
  while (!(await answers(endpoint))) {
    if (server.exitCode !== null) throw new Error(`versitygw exited with ${server.exitCode}`)
    await sleep(20)
  }
  return {
    bucket,
    env: {
      GRAFT_S3_ENDPOINT: endpoint,
      AWS_ACCESS_KEY_ID: credentials.ROOT_ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: credentials.ROOT_SECRET_KEY,
    },
    async stop() {
      const exit = once(server, 'exit')
      server.kill('SIGKILL') // its folder goes with it
      await exit
      rmSync(folder, { recursive: true })
    },
  }
}

async function answers(url: string): Promise<boolean> {
  return await fetch(url).then(
    () => true,
    () => false,
  )
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
