import { isGraftError } from '@graft/core/errors'
import { expect, test } from 'vitest'
import { openInference, softmax } from './inference.ts'

test.each([
  ['nothing', new Uint8Array()],
  ['no ONNX', new TextEncoder().encode('<html>')],
])('openInference refuses %s', async (_, bytes) => {
  const error = await openInference(bytes).catch((reason: unknown) => reason)
  expect(isGraftError(error, 'weights_invalid')).toBe(true)
})

test('softmax gives shares that sum to one, in the order of the logits', () => {
  const shares = softmax(new Float32Array([1, 3, 2]))
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
  expect(shares[1]! / shares[2]!).toBeCloseTo(Math.E, 6)
})

test('softmax does not overflow', () => {
  expect(softmax([1000, 0])).toEqual([1, 0])
  expect(softmax([-1000, -1000])).toEqual([0.5, 0.5])
})
