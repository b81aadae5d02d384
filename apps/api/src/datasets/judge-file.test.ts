import { createHash } from 'node:crypto'
import { DEFAULT_PROJECT } from '@graft/core/names'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../test-api.ts'
import { testPhotos } from '../test-model.ts'
import { openJudge } from './judge-file.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

test('a refused file leaves its reason and nothing else: an error would hold its bytes until the upload ends', async () => {
  const judge = openJudge(api.context, DEFAULT_PROJECT)
  const [photo] = testPhotos('glass', 1)
  const content = photo!.subarray(0, 2000)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const judged = await judge({ path: 'glass/cut.jpg', sha256, content: async () => content })
  expect(judged).toEqual({
    path: 'glass/cut.jpg',
    sha256,
    bytes: 2000,
    error: { code: 'image_undecodable', message: expect.stringContaining('cannot be decoded') },
  })
  expect(judged.error).not.toBeInstanceOf(Error)
})
