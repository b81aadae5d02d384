import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ObjectStore } from './object-store.ts'
import { openStore } from './open-store.ts'
import { openS3Store } from './s3-store.ts'
import { startVersitygw, type Versitygw } from './versitygw.ts'

const LARGE = 20 * 1024 ** 2 // three parts of a multipart upload

async function collect(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of store.list(prefix)) keys.push(key)
  return keys
}

describe('a bucket', () => {
  let server: Versitygw
  let store: ObjectStore
  beforeAll(async () => {
    server = await startVersitygw()
    store = await openStore('s3://graft', server.env)
  }, 900_000)
  afterAll(async () => {
    await store?.close()
    await server?.stop()
  })

  test.each([
    ['bytes do not match', { sha256: '0'.repeat(64) }, 'checksum_mismatch'],
    ['key is taken', { ifAbsent: true }, 'precondition_failed'],
  ])('keeps no parts of an upload whose %s', async (_, options, code) => {
    await store.put('taken', Buffer.from('first'))
    await expect(store.put('taken', Buffer.alloc(LARGE), options)).rejects.toMatchObject({ code })
    const {
      GRAFT_S3_ENDPOINT: endpoint = '',
      AWS_ACCESS_KEY_ID = '',
      AWS_SECRET_ACCESS_KEY = '',
    } = server.env
    const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }
    const client = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true })
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: 'graft' }))
    expect(Uploads).toEqual([])
    expect(`${await store.read('taken')}`).toBe('first')
  })

  test('lists more objects than one answer holds', async () => {
    mkdirSync(join(server.bucket, 'many'))
    const names = Array.from({ length: 1001 }, (_, i) => `many/${i + 1000}`)
    for (const name of names) writeFileSync(join(server.bucket, name), 'x')
    expect(await collect(store, 'many/')).toEqual(names)
  })

  test('holds stores under different prefixes, which do not see each other', async () => {
    const [a, b] = [
      await openStore('s3://graft/a', server.env),
      await openStore('s3://graft/a-b/', server.env),
    ]
    await a.put('x', Buffer.from('of a'))
    await b.put('x', Buffer.from('of b'))
    expect(`${await a.read('x')}`).toBe('of a')
    expect(await collect(a, '')).toEqual(['x'])
    expect(await collect(b, '')).toEqual(['x'])
    await Promise.all([a.close(), b.close()])
  })

  test('must exist', async () => {
    await expect(openStore('s3://absent', server.env)).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('NoSuchBucket'),
    })
  })

  test('must take the credentials', async () => {
    const env = { ...server.env, AWS_SECRET_ACCESS_KEY: 'wrong' }
    await expect(openStore('s3://graft', env)).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('SignatureDoesNotMatch'),
    })
  })
})

/** Opens a store on a server that fails as told, once the store is open. */
async function openFailing(
  answer: RequestListener,
  answerMs?: number,
): Promise<{ store: ObjectStore; stop(): void }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.url?.includes('~graft')) response.writeHead(412).end()
      else answer(request, response)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const options = { bucket: 'graft', prefix: '', region: 'us-east-1', endpoint, credentials }
  function stop() {
    server.closeAllConnections()
    server.close()
  }
  return { store: await openS3Store({ ...options, ...(answerMs && { answerMs }) }), stop }
}

describe('a server that fails', () => {
  const CALLS: [name: string, call: (store: ObjectStore) => Promise<unknown>][] = [
    ['put', (store) => store.put('a', Buffer.from('x'))],
    ['put', (store) => store.put('a', Buffer.alloc(LARGE))],
    ['get', (store) => store.get('a')],
    ['read', (store) => store.read('a')],
    ['size', (store) => store.size('a')],
    ['list', (store) => collect(store, '')],
    ['delete', (store) => store.delete('a')],
    ['check', (store) => store.check()],
  ]

  test.concurrent.each(CALLS)('by 503 lets %s throw store_unavailable', async (_, call) => {
    const { store, stop } = await openFailing((_, response) => response.writeHead(503).end())
    await expect(call(store)).rejects.toMatchObject({ code: 'store_unavailable' })
    stop()
  })

  test.concurrent.each(CALLS)('by not being there lets %s throw store_unavailable', async (_, call) => {
    const { store, stop } = await openFailing(() => {})
    stop()
    await expect(call(store)).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  test('once is asked again', async () => {
    let asked = 0
    const { store, stop } = await openFailing((_, response) => {
      asked += 1
      response.writeHead(asked === 1 ? 500 : 200).end('x')
    })
    expect(`${await store.read('a')}`).toBe('x')
    stop()
  })

  test('on checksum headers, as some do, gets none', async () => {
    let headers: string[] = []
    const { store, stop } = await openFailing((request, response) => {
      headers = Object.keys(request.headers)
      response.end()
    })
    await store.put('a', Buffer.from('x'))
    stop()
    expect(headers).toContain('x-amz-content-sha256')
    expect(headers.filter((name) => /checksum|trailer/.test(name))).toEqual([])
  })

  test('in the middle of an object lets its stream fail with store_unavailable', async () => {
    const { store, stop } = await openFailing((_, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('only the start')
      setTimeout(() => response.destroy(), 50)
    })
    const stream = await store.get('a')
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'store_unavailable' })
    stop()
  })

  test('by silence in the middle of an object lets its stream fail with store_unavailable', async () => {
    const { store, stop } = await openFailing((_, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('only the start')
    }, 300)
    await expect(store.read('a')).rejects.toMatchObject({ code: 'store_unavailable' })
    stop()
  })

  test('to send what nobody reads any more is left', async () => {
    const left = Promise.withResolvers<void>()
    const { store, stop } = await openFailing((_, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('only the start')
      response.once('close', left.resolve)
    })
    const stream = await store.get('a')
    stream.destroy()
    await left.promise
    stop()
  })

  test('for want of room lets put throw store_full', async () => {
    const { store, stop } = await openFailing((_, response) => response.writeHead(507).end())
    await expect(store.put('a', Buffer.from('x'))).rejects.toMatchObject({ code: 'store_full' })
    stop()
  })

  test('to honour If-None-Match is not opened', async () => {
    const server = createServer((request, response) => request.resume().on('end', () => response.end()))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const env = {
      GRAFT_S3_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    }
    await expect(openStore('s3://graft', env)).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('If-None-Match'),
    })
    server.closeAllConnections()
    server.close()
  })
})
