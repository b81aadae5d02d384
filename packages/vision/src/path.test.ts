import { isGraftError } from '@graft/core/errors'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { safePath, shownPath } from './path.ts'

afterEach(() => vi.unstubAllEnvs())

const refusal = expect.objectContaining({ code: 'path_unsafe' })

describe('safePath', () => {
  test.each([
    'a.jpg',
    'train/hot dog/IMG_0001 (1).JPG',
    'a/..b/c..d/e',
    '.hidden/x',
    'Käse/寿司/🌭.png',
    'label/12:30.jpg',
    'console/auxiliary/com10.jpg',
    'a/👩‍🍳.jpg',
  ])('takes %j as it is', (path) => {
    expect(safePath(path)).toBe(path)
  })

  test('composes, so that a name from macOS equals the same name from Linux', () => {
    expect(safePath('Ka\u0308se/1.jpg')).toBe('K\u00e4se/1.jpg')
  })

  test.each([
    ['empty', ''],
    ['parent', '..'],
    ['parent at the start', '../a.jpg'],
    ['parent inside', 'a/../../b.jpg'],
    ['parent at the end', 'a/..'],
    ['here', './a.jpg'],
    ['here inside', 'a/./b.jpg'],
    ['empty segment', 'a//b.jpg'],
    ['folder', 'a/b/'],
    ['absolute', '/etc/passwd'],
    ['double slash', '//server/share/a.jpg'],
    ['drive', 'C:/a.jpg'],
    ['drive, relative', 'c:a.jpg'],
    ['UNC', '\\\\server\\share\\a.jpg'],
    ['backslash parent', '..\\a.jpg'],
    ['backslash inside', 'a\\b.jpg'],
    ['NUL', 'a.jpg\0.png'],
    ['line feed', 'a\nb.jpg'],
    ['escape', 'a\x1b[31mb.jpg'],
    ['delete', 'a\x7f.jpg'],
    ['C1 control', 'a\x9b.jpg'],
    ['line separator', 'a\u2028b.jpg'],
    ['right-to-left override', 'a\u202egpj.exe'],
    ['isolate', 'a\u2067b.jpg'],
    ['right-to-left mark', 'a\u200fb.jpg'],
    ['half of a surrogate pair', 'a\ud83c.jpg'],
    ['Windows device', 'con'],
    ['Windows device with an extension', 'a/NUL.jpg'],
    ['Windows device folder', 'COM1/a.jpg'],
    ['Windows device, superscript digit', 'a/lpt².txt'],
    ['Windows device, padded', 'aux .jpg'],
    ['trailing dot', 'a./b.jpg'],
    ['trailing space', 'a /b.jpg'],
    ['dots only', 'a/.../b.jpg'],
  ])('refuses: %s', (_name, path) => {
    expect(() => safePath(path)).toThrow(refusal)
  })

  test('counts the bytes of a path, not its characters', () => {
    vi.stubEnv('GRAFT_MAX_PATH_BYTES', '10')
    expect(safePath('ä'.repeat(5))).toHaveLength(5)
    expect(() => safePath('ä'.repeat(6))).toThrow(refusal)
  })

  test('whatever it takes can be joined to a folder, and is taken again unchanged', () => {
    const piece = fc.constantFrom('.', '..', '/', '\\', 'a', ':', '\0', 'nul', ' ', '\u202e', 'é')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        let safe: string
        try {
          safe = safePath(pieces.join(''))
        } catch (error) {
          return isGraftError(error, 'path_unsafe')
        }
        return (
          new URL(safe.replaceAll(':', '%3A'), 'file:///base/').pathname.startsWith('/base/') &&
          safePath(safe) === safe
        )
      }),
      { seed: 1, numRuns: 2000 },
    )
  })

  test('shows a refused path without what could deceive, and not at any length', () => {
    expect(shownPath('a\0\u202eb\ud83c')).toBe('a\ufffd\ufffdb\ufffd')
    expect(shownPath('x'.repeat(100_000))).toHaveLength(200)
  })
})
