import { TEXTBOOK_PREPROCESSING } from '@graft/core/preprocessing'
import { expect, test } from 'vitest'
import { testPhotos } from '../test-model.ts'
import { createPreparer, ownMemory } from './preparer.ts'

test('an image within a body is prepared as it is alone, and takes no more than itself to the thread', async () => {
  const [photo] = testPhotos('glass', 1)
  const image = new Uint8Array(photo!)
  const body = new Uint8Array(image.length + 1000)
  body.set(image, 500)
  const within = body.subarray(500, 500 + image.length)
  expect(ownMemory(within).buffer.byteLength).toBe(image.length)
  expect(ownMemory(image)).toBe(image)
  const preparer = createPreparer(1)
  const alone = await preparer.prepare(image, TEXTBOOK_PREPROCESSING)
  expect((await preparer.prepare(within, TEXTBOOK_PREPROCESSING)).value).toEqual(alone.value)
  await preparer.close()
})
