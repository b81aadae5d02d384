import { describe, expect, test } from 'vitest'
import { safeKey, safePrefix } from './key.ts'

const HOSTILE: [why: string, key: string][] = [
  ['empty', ''],
  ['the folder itself', '.'],
  ['the folder above', '..'],
  ['climbs at the start', '../a'],
  ['climbs in the middle', 'a/../../b'],
  ['climbs at the end', 'a/..'],
  ['stays in place', 'a/./b'],
  ['absolute', '/etc/passwd'],
  ['an empty segment', 'a//b'],
  ['a folder', 'a/'],
  ['a Windows path', 'a\\b'],
  ['a Windows drive', 'C:/a'],
  ['NUL', 'a\0b'],
  ['a line feed', 'a\nb'],
  ['a line feed at the end', 'a\n'],
  ['a space', 'a b'],
  ['an encoded slash', 'a%2fb'],
  ['an encoded dot', '%2e%2e/a'],
  ['a home folder', '~/a'],
  ['the name of an unfinished file', 'a.0123456789abcdef~'],
  ['a character beyond ASCII', 'é'],
  ['a full-width full stop', '．．/a'],
  ['a right-to-left mark', 'a\u200fb'],
  ['a query', 'a?versionId=1'],
  ['a fragment', 'a#b'],
  ['a segment longer than a file name', 'a'.repeat(201)],
  ['longer than a key of S3', Array(11).fill('a'.repeat(90)).join('/')],
]

describe('keys', () => {
  test.each(HOSTILE)('refuses one that is %s', (_, key) => {
    expect(() => safeKey(key)).toThrow(expect.objectContaining({ code: 'path_unsafe' }))
  })

  test.each([
    'a',
    'a/b/c',
    '...',
    '.hidden',
    '-rf',
    'blobs/sha256/ab/abcdef',
    'models/mdl_1/model.onnx',
    'a'.repeat(200),
  ])('takes %s', (key) => {
    expect(safeKey(key)).toBe(key)
  })
})

describe('prefixes', () => {
  test.each(['', 'a', 'a/', 'a/b', 'a/b/'])('takes %j', (prefix) => {
    expect(safePrefix(prefix)).toBe(prefix)
  })

  test.each(['/', '//', 'a//', '../', 'a/../b', 'a/..', '/a', 'a\0'])('refuses %j', (prefix) => {
    expect(() => safePrefix(prefix)).toThrow(expect.objectContaining({ code: 'path_unsafe' }))
  })
})
