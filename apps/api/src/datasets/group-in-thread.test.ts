import { createHash } from 'node:crypto'
import { groupAlike } from '@graft/vision/perceptual-hash'
import { expect, test } from 'vitest'
import { groupInThread } from './group-in-thread.ts'

test.each([100, 12_000])('%i images are grouped as without a thread', async (count) => {
  // Every tenth looks like one of the ten first.
  const looks = (at: number) => (at % 10 === 0 ? at % 100 : at)
  const hashes = Array.from({ length: count }, (_, at) =>
    createHash('sha256')
      .update(`${looks(at)}`)
      .digest('hex')
      .slice(0, 16),
  )
  const groups = await groupInThread(hashes)
  expect(groups).toEqual(groupAlike(hashes))
  expect(groups.filter((first) => first === 0)).toHaveLength(count / 100)
})
