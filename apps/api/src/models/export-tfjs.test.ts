// The export for browsers as somebody gets it: its page classifies photos in a real browser.
import { execFileSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { softmax } from '@graft/nn/inference'
import { createRandom } from '@graft/nn/random'
import { writeSafetensors } from '@graft/nn/safetensors'
import { readBaseWeights, withNewHead } from '@graft/nn/weights'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../test-api.ts'
import { browserPath, launchBrowser } from '../test-browser.ts'
import { makeNetwork, TEST_LABELS } from '../test-model.ts'

/** A browser decodes a JPEG a little otherwise than libvips. */
const TOLERANCE = 0.03

let api: TestApi
let work: string
let server: Server | undefined
beforeAll(async () => {
  api = await startTestApi()
  work = await mkdtemp(join(tmpdir(), 'graft-tfjs-'))
})
afterAll(async () => {
  server?.close()
  await api.close()
  await rm(work, { recursive: true, force: true })
})

async function unpack(): Promise<string> {
  const weights = withNewHead(readBaseWeights(), TEST_LABELS.length, createRandom(1))
  const form = new FormData()
  form.set('labels', JSON.stringify(TEST_LABELS))
  form.set('file', new File([new Uint8Array(writeSafetensors(weights))], 'model.safetensors'))
  expect((await api.ask('/v1/models/waste/versions', { method: 'POST', body: form })).status).toBe(201)
  const answer = await api.ask('/v1/models/waste/export.zip?format=tfjs')
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="waste-1-tfjs.zip"')
  await writeFile(join(work, 'waste.zip'), Buffer.from(await answer.arrayBuffer()))
  execFileSync('python3', ['-m', 'zipfile', '-e', join(work, 'waste.zip'), work])
  return join(work, 'waste-1')
}

/** Serves the folder's files. */
async function serve(folder: string): Promise<string> {
  server = createServer((request, response) => {
    const type = request.url?.endsWith('.html') ? 'text/html' : 'application/octet-stream'
    response.writeHead(200, { 'content-type': type })
    const file = createReadStream(join(folder, request.url ?? ''))
    file.on('error', () => response.destroy())
    file.pipe(response)
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test.skipIf(browserPath === undefined)('the page answers as the platform does', async () => {
  const folder = await unpack()
  expect((await readdir(folder)).sort()).toEqual([
    'README.md',
    'classify.html',
    'labels.json',
    'model.json',
    'preprocessing.json',
    'weights.bin',
  ])
  const engine = createRequire(createRequire(import.meta.url).resolve('@graft/nn/engine'))
  const node = createRequire(engine.resolve('@tensorflow/tfjs-node-gpu/package.json'))
  await mkdir(join(folder, 'node_modules', '@tensorflow'), { recursive: true })
  const tfjs = dirname(node.resolve('@tensorflow/tfjs/package.json'))
  await symlink(tfjs, join(folder, 'node_modules', '@tensorflow', 'tfjs'))
  const { golden, photos } = await makeNetwork()
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage()
    const faults: string[] = []
    page.on('pageerror', ({ message }) => faults.push(message))
    await page.goto(`${await serve(folder)}/classify.html`)
    await page.waitForFunction('document.querySelector("input").onchange !== null', undefined, {
      timeout: 60_000,
    })
    for (const [index, { logits }] of golden.examples.entries()) {
      await page.evaluate('document.querySelector("#answer").textContent = ""')
      const photo = { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: photos[index]! }
      await page.setInputFiles('input', photo)
      await page.waitForFunction('document.querySelector("#answer").textContent !== ""', undefined, {
        timeout: 60_000,
      })
      const [label, confidence] = ((await page.textContent('#answer')) ?? '').split('\t')
      const shares = softmax(logits)
      const best = Math.max(...shares)
      expect(label).toBe(TEST_LABELS[shares.indexOf(best)])
      expect(Math.abs(Number(confidence) - best)).toBeLessThan(TOLERANCE)
    }
    expect(faults).toEqual([])
  } finally {
    await browser.close()
  }
})
