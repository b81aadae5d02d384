import { once } from 'node:events'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { lazyZip } from './lazy-zip.ts'

test('an object that opens after the reader has gone away is closed', async () => {
  const opening = Promise.withResolvers<Readable>()
  const asked = Promise.withResolvers<void>()
  const store = {
    get: () => {
      asked.resolve()
      return opening.promise
    },
  }
  const zip = lazyZip(store, [{ path: 'a.jpg', key: 'a', bytes: 3 }], new Date(0))
  zip.resume()
  await asked.promise
  zip.destroy()
  await once(zip, 'close')
  const object = Readable.from([Buffer.from('abc')])
  opening.resolve(object)
  await opening.promise
  expect(object.destroyed).toBe(true)
})
