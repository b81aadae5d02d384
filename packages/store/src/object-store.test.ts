import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blobKey, type ObjectStore } from './object-store.ts'
import { openStore } from './open-store.ts'
import { startVersitygw } from './versitygw.ts'

interface Place {
  location: string
  env: NodeJS.ProcessEnv
  remove(): Promise<void>
}

async function directory(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'graft-store-'))
  return { location: `file:${folder}`, env: {}, remove: async () => rmSync(folder, { recursive: true }) }
}

async function s3(): Promise<Place> {
  const { env, stop } = await startVersitygw()
  return { location: 's3://graft/some/prefix', env, remove: stop }
}

const BUILD_MS = 900_000 // versitygw is built where that has not been done
const LARGE = 9 * 1024 ** 2 // two parts of a multipart upload

/** Bytes that differ everywhere, so that no reordering goes unseen. */
function pattern(bytes: number, seed = 1): Buffer {
  return createHash('shake256', { outputLength: bytes }).update(`${seed}`).digest()
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function* stream(bytes: Uint8Array, chunk = 1_000_003): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += chunk) yield bytes.subarray(at, at + chunk)
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}

describe.each([
  ['a directory', directory],
  ['S3', s3],
])('objects in %s', (_, make) => {
  let place: Place
  let store: ObjectStore
  beforeAll(async () => {
    place = await make()
    store = await openStore(place.location, place.env)
  }, BUILD_MS)
  afterAll(async () => {
    await store?.close()
    await place?.remove()
  })

  async function keys(prefix: string): Promise<string[]> {
    return (await collect(store.list(prefix))).map(({ key }) => key)
  }

  test('small objects that are put together are all there, also one that comes twice', async () => {
    const bodies = Array.from({ length: 40 }, (_, seed) => pattern(1000 + seed, seed))
    const objects = bodies.map((body) => ({ key: `together/${sha256(body)}`, body }))
    await store.putAll([...objects, ...objects.slice(0, 1)])
    for (const { key, body } of objects) expect(await store.read(key)).toEqual(body)
    expect(await keys('together/')).toHaveLength(40)
  })

  test.each([
    ['bytes', 3, (bytes: Buffer) => bytes],
    ['no bytes', 0, (bytes: Buffer) => bytes],
    ['many bytes', LARGE, (bytes: Buffer) => bytes],
    ['a stream', 3, (bytes: Buffer) => stream(bytes, 2)],
    ['an empty stream', 0, stream],
    ['a large stream', 2 * LARGE, stream],
  ])('put %s, read them back', async (name, length, bodyOf) => {
    const key = `round/trip/${name.replaceAll(' ', '-')}`
    const bytes = pattern(length)
    const stored = { sha256: sha256(bytes), bytes: length }
    expect(await store.put(key, bodyOf(bytes), { sha256: stored.sha256 })).toEqual(stored)
    expect(await store.size(key)).toBe(length)
    expect((await store.read(key)).equals(bytes)).toBe(true)
    expect((await buffer(await store.get(key))).equals(bytes)).toBe(true)
  })

  test('put replaces an object', async () => {
    await store.put('replaced', Buffer.from('a longer first'))
    await store.put('replaced', Buffer.from('second'))
    expect(`${await store.read('replaced')}`).toBe('second')
  })

  test.each([
    [0, '0123456789'],
    [4, '456789'],
    [9, '9'],
    [10, ''],
    [99, ''],
  ])('get from %i on', async (start, expected) => {
    await store.put('digits', Buffer.from('0123456789'))
    expect(`${await buffer(await store.get('digits', { start }))}`).toBe(expected)
  })

  test('a stream that its reader leaves does not hold the store up', async () => {
    await store.put('left', pattern(LARGE))
    for (let i = 0; i < 60; i++) {
      for await (const _ of await store.get('left')) break
    }
    expect(await store.size('left')).toBe(LARGE)
  })

  test('what is not there', async () => {
    await store.put('folder/file', Buffer.from('x'))
    for (const key of ['absent', 'folder', 'folder/absent', 'folder/file/absent']) {
      await expect(store.get(key), key).rejects.toMatchObject({ code: 'not_found' })
      await expect(store.read(key), key).rejects.toMatchObject({ code: 'not_found' })
      expect(await store.size(key), key).toBeUndefined()
      await store.delete(key)
    }
    expect(await keys('absent')).toEqual([])
    expect(await keys('absent/')).toEqual([])
    expect(await keys('folder/')).toEqual(['folder/file'])
  })

  test('delete', async () => {
    await store.put('deleted', Buffer.from('x'))
    await store.delete('deleted')
    expect(await store.size('deleted')).toBeUndefined()
    expect(await keys('deleted')).toEqual([])
  })

  test.each([
    ['bytes', 3, (bytes: Buffer) => bytes],
    ['a stream', 3, stream],
    ['a large stream', LARGE, stream],
  ])('%s that do not match their checksum are never seen', async (name, length, bodyOf) => {
    const options = { sha256: sha256(Buffer.from('other bytes')) }
    const key = `mismatch/${name.replaceAll(' ', '-')}`
    await expect(store.put(key, bodyOf(pattern(length)), options)).rejects.toMatchObject({
      code: 'checksum_mismatch',
    })
    expect(await store.size(key)).toBeUndefined()
    expect(await keys('mismatch/')).toEqual([])

    await store.put('kept', Buffer.from('first'))
    await expect(store.put('kept', bodyOf(pattern(length)), options)).rejects.toThrow()
    expect(`${await store.read('kept')}`).toBe('first')
  })

  test.each([3, LARGE])('a body that fails after %i bytes stores nothing', async (length) => {
    const fault = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })
    async function* body() {
      yield* stream(pattern(length))
      throw fault
    }
    await expect(store.put('cut/off', body())).rejects.toBe(fault)
    expect(await keys('cut/')).toEqual([])
  })

  test.each([3, LARGE])('with ifAbsent, %i bytes replace nothing', async (length) => {
    await store.put('first', Buffer.from('first'))
    for (const body of [pattern(length), stream(pattern(length))]) {
      await expect(store.put('first', body, { ifAbsent: true })).rejects.toMatchObject({
        code: 'precondition_failed',
      })
    }
    expect(`${await store.read('first')}`).toBe('first')
  })

  test.each([
    [20, 1000],
    [4, LARGE],
  ])('of %i writers at once with ifAbsent, of %i bytes each, one wins', async (writers, length) => {
    const key = `race/${length}`
    const bodies = Array.from({ length: writers }, (_, seed) => pattern(length, seed))
    const results = await Promise.allSettled(
      bodies.map((body) => store.put(key, stream(body), { ifAbsent: true })),
    )
    const winners = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.sha256] : []))
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
    expect(winners).toHaveLength(1)
    expect(new Set(reasons)).toEqual(new Set(['precondition_failed']))
    expect(sha256(await store.read(key))).toBe(winners[0])
  })

  test('of many writers of the same blob all agree', async () => {
    const bytes = pattern(1000)
    const key = blobKey(sha256(bytes))
    await Promise.all(Array.from({ length: 10 }, () => store.put(key, bytes)))
    expect(await keys('blobs/sha256/')).toEqual([key])
  })

  test('list gives keys and sizes in the order of the keys', async () => {
    for (const key of ['list/b', 'list/a/z', 'list/a0', 'list/a-b', 'list/a.b/c', 'listed', 'list/B'])
      await store.put(key, Buffer.from(key))
    const all = ['list/B', 'list/a-b', 'list/a.b/c', 'list/a/z', 'list/a0', 'list/b']
    expect(await keys('list/')).toEqual(all)
    expect(await keys('list')).toEqual([...all, 'listed'])
    expect(await keys('list/a')).toEqual(['list/a-b', 'list/a.b/c', 'list/a/z', 'list/a0'])
    expect(await collect(store.list('list/a/'))).toEqual([{ key: 'list/a/z', bytes: 8 }])
    expect(await keys('')).toEqual(expect.arrayContaining(all))
    for (const key of await keys('')) expect(await store.size(key), key).toBeTypeOf('number')
  })

  test('an upload whose process is killed leaves no object, and does not stand in the way', async () => {
    const script = `
      import { openStore } from ${JSON.stringify(new URL('./open-store.ts', import.meta.url).href)}
      const store = await openStore(process.env.LOCATION)
      async function* body() {
        for (let i = 0; i < 3; i++) yield new Uint8Array(${LARGE})
        process.stdout.write('half way')
        await new Promise((resolve) => setTimeout(resolve, 60_000))
      }
      await store.put('killed/object', body())`
    const writer = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, ...place.env, LOCATION: place.location },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exit = once(writer, 'exit')
    const [said] = await Promise.race([once(writer.stdout, 'data'), exit])
    expect(`${said}`).toBe('half way')
    writer.kill('SIGKILL')
    await exit
    const reopened = await openStore(place.location, place.env)
    expect(await collect(reopened.list('killed'))).toEqual([])
    expect(await reopened.size('killed/object')).toBeUndefined()
    await reopened.put('killed/object', Buffer.from('whole'), { ifAbsent: true })
    expect(await keys('killed')).toEqual(['killed/object'])
    await reopened.close()
  })

  test('where there are addresses to PUT to, one takes its bytes and no others', async () => {
    const bytes = pattern(1000)
    const target = await store.presignPut?.('signed/object', { sha256: sha256(bytes), seconds: 60 })
    if (target === undefined) return expect(place.location).toMatch(/^file:/)
    const put = async (body: Buffer) =>
      (await fetch(target.url, { method: 'PUT', body: new Uint8Array(body), headers: target.headers })).ok
    expect(await put(pattern(1000, 2))).toBe(false)
    expect(await store.size('signed/object')).toBeUndefined()
    expect(await put(bytes)).toBe(true)
    expect((await store.read('signed/object')).equals(bytes)).toBe(true)
    const of = { sha256: sha256(bytes) }
    await store.copy?.('signed/object', 'signed/copy', of)
    expect((await store.read('signed/copy')).equals(bytes)).toBe(true)
    await expect(store.copy?.('signed/none', 'signed/copy', of)).rejects.toMatchObject({ code: 'not_found' })
    // Put without a checksum, the store vouches for nothing.
    await store.put('signed/plain', bytes)
    await store.copy?.('signed/plain', 'signed/second', of)
    expect((await store.read('signed/second')).equals(bytes)).toBe(true)
    await store.put('signed/plain', Buffer.from('other bytes'))
    const forged = store.copy?.('signed/plain', 'signed/copy', of)
    await expect(forged).rejects.toMatchObject({ code: 'checksum_mismatch' })
    expect((await store.read('signed/copy')).equals(bytes)).toBe(true)
    const unsigned = await fetch(target.url, { method: 'PUT', body: new Uint8Array(bytes) })
    expect(unsigned.ok).toBe(false)
  })

  test('a hostile key is refused by every method', async () => {
    const refused = { code: 'path_unsafe' }
    const key = '../../outside'
    await expect(store.put(key, Buffer.from('x'))).rejects.toMatchObject(refused)
    await expect(store.get(key)).rejects.toMatchObject(refused)
    await expect(store.read(key)).rejects.toMatchObject(refused)
    await expect(store.size(key)).rejects.toMatchObject(refused)
    await expect(store.delete(key)).rejects.toMatchObject(refused)
    await expect(keys(key)).rejects.toMatchObject(refused)
  })

  test('check resolves', async () => {
    await store.check()
  })
})

describe.each([
  ['a directory that is gone', directory],
  ['an S3 server that is gone', s3],
])('%s', (_, make) => {
  test('check says that the store does not answer', async () => {
    const place = await make()
    const store = await openStore(place.location, place.env)
    await place.remove()
    await expect(store.check()).rejects.toMatchObject({ code: 'store_unavailable' })
    await store.close()
  })
})
