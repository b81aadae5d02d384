// The client as another project has it: packed, installed from the file, type-checked and run by plain Node.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const run = promisify(execFile)
const PACKAGE = join(import.meta.dirname, '..')
const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc')

const PROGRAM = `
import { createClient } from '@graft/client/client'
import { RequestError } from '@graft/client/request-error'

const graft = createClient({ url: process.argv[2] ?? '', apiKey: 'key', retries: 0 })
const { data } = await graft.http.GET('/v1/models')
const names: string[] | undefined = data?.data.map(({ name }) => name)
const refused = await graft.predict('waste', new Uint8Array([1])).catch((error) => error)
console.log(names?.join(), refused instanceof RequestError && refused.code)
`

test('another project installs it from its file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'graft-packed-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await run('pnpm', ['--dir', PACKAGE, 'pack', '--pack-destination', folder])
  const [file = ''] = await readdir(folder)
  await writeFile(join(folder, 'package.json'), '{ "name": "elsewhere", "type": "module" }')
  await run('pnpm', ['add', '--prefer-offline', `./${file}`], { cwd: folder })
  await writeFile(join(folder, 'program.ts'), PROGRAM)
  const node = ['--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,dom', '--strict']
  const types = join(
    createRequire(join(PACKAGE, '../../package.json')).resolve('@types/node/package.json'),
    '../..',
  )
  await run(process.execPath, [TSC, ...node, '--typeRoots', types, '--types', 'node', 'program.ts'], {
    cwd: folder,
  })

  const server = createServer((request, response) => {
    if (request.method === 'GET')
      response.setHeader('content-type', 'application/json').end('{"data":[{"name":"waste"}]}')
    else response.writeHead(422).end('{"code":"image_undecodable","detail":"No."}')
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { stdout } = await run(process.execPath, ['program.js', url], { cwd: folder })
  expect(stdout).toBe('waste image_undecodable\n')
}, 120_000)
