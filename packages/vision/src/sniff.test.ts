import { expect, test } from 'vitest'
import { IMAGE_HEAD_BYTES, sniffImage } from './sniff.ts'

const SIGNATURES = [
  ['jpeg', '\xff\xd8\xff\xe0'],
  ['png', '\x89PNG\r\n\x1a\n'],
  ['gif', 'GIF87a'],
  ['gif', 'GIF89a'],
  ['webp', 'RIFF\x24\n\r\0WEBP'],
] as const

test.each(SIGNATURES)('%s is known by its first bytes', (type, head) => {
  expect(sniffImage(Buffer.from(`${head} and more`, 'latin1'))).toBe(type)
})

test.each(SIGNATURES)('a %s that ends within its signature is unknown', (_type, head) => {
  expect(sniffImage(Buffer.from(head, 'latin1').subarray(0, 2))).toBeUndefined()
})

test.each(['', '<svg/>', '%PDF-1.7', 'II*\0', 'RIFF....WAVE', 'BM', 'GIF88a', ' GIF89a'])(
  '%j is no image that Graft reads',
  (text) => {
    expect(sniffImage(Buffer.from(text))).toBeUndefined()
  },
)

test('looks at no more than it says', () => {
  const bytes = Buffer.from('RIFF....WEBPVP8 ')
  expect(sniffImage(bytes.subarray(0, IMAGE_HEAD_BYTES))).toBe('webp')
})
