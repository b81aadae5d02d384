import { afterEach, describe, expect, test, vi } from 'vitest'
import { isIgnored, layOut } from './layout.ts'

afterEach(() => vi.unstubAllEnvs())
const code = (name: string) => expect.objectContaining({ code: name })

describe('layOut', () => {
  test.each([
    ['label/image', ['cat/1.jpg', 'dog/2.jpg'], [{ label: 'cat' }, { label: 'dog' }]],
    ['in a folder', ['pets/cat/1.jpg', 'pets/dog/2.jpg'], [{ label: 'cat' }, { label: 'dog' }]],
    [
      'split/label/image',
      ['train/cat/1.jpg', 'validation/cat/2.jpg', 'test/dog/3.jpg'],
      [
        { split: 'train', label: 'cat' },
        { split: 'validation', label: 'cat' },
        { split: 'test', label: 'dog' },
      ],
    ],
    [
      'splits in a folder, val for validation, capitals',
      ['pets/Train/cat/1.jpg', 'pets/val/dog/2.jpg'],
      [
        { split: 'train', label: 'cat' },
        { split: 'validation', label: 'dog' },
      ],
    ],
    [
      'one split alone',
      ['train/cat/1.jpg', 'train/dog/2.jpg'],
      [
        { split: 'train', label: 'cat' },
        { split: 'train', label: 'dog' },
      ],
    ],
    [
      'an enclosing folder that is named like a split',
      ['test/train/cat/1.jpg', 'test/test/dog/2.jpg'],
      [
        { split: 'train', label: 'cat' },
        { split: 'test', label: 'dog' },
      ],
    ],
    ['one label alone', ['cat/1.jpg', 'cat/2.jpg'], [{ label: 'cat' }, { label: 'cat' }]],
    ['a label named like a split', ['train/1.jpg', 'bus/2.jpg'], [{ label: 'train' }, { label: 'bus' }]],
    [
      'labels named like splits, in splits',
      ['train/test/1.jpg', 'test/train/2.jpg'],
      [
        { split: 'train', label: 'test' },
        { split: 'test', label: 'train' },
      ],
    ],
  ])('%s', (_name, paths, placements) => {
    expect(paths.map(layOut(paths))).toEqual(placements)
  })

  test.each([
    ['a file at the top', ['cat/1.jpg', 'dog/2.jpg'], ['README.md']],
    ['a file beside the enclosing folder', ['pets/cat/1.jpg', 'pets/dog/2.jpg'], ['notes.txt']],
    ['a file too deep', ['cat/1.jpg', 'dog/2.jpg'], ['dog/old/3.jpg']],
    ['a folder that is no split', ['train/cat/1.jpg', 'test/cat/2.jpg'], ['extra/cat/3.jpg']],
    ['no label in a split', ['train/cat/1.jpg', 'test/cat/2.jpg'], ['train/3.jpg']],
    ['splits without any label', [], ['train/1.jpg', 'test/2.jpg']],
    ['no folder at all', [], ['1.jpg', '2.jpg']],
  ])('%s is refused, and the rest is placed', (_name, fitting, strays) => {
    const place = layOut([...fitting, ...strays])
    for (const path of fitting) expect(() => place(path)).not.toThrow()
    for (const path of strays) expect(() => place(path)).toThrow(code('layout_unknown'))
  })

  test('no path at all is no fault', () => {
    expect(() => layOut([])('cat/1.jpg')).not.toThrow()
  })

  test('counts the characters of a label', () => {
    vi.stubEnv('GRAFT_MAX_LABEL_LENGTH', '3')
    const paths = ['🌭🌭🌭/1.jpg', 'four/1.jpg']
    const place = layOut(paths)
    expect(place(paths[0]!)).toEqual({ label: '🌭🌭🌭' })
    expect(() => place(paths[1]!)).toThrow(code('label_invalid'))
  })

  test.each([' cat', 'cat\u00a0', 'a\tb', 'Ka\u0308se'])('refuses the label %j', (label) => {
    expect(() => layOut([`${label}/1.jpg`])(`${label}/1.jpg`)).toThrow(code('label_invalid'))
  })
})

describe('isIgnored', () => {
  test.each([
    '.DS_Store',
    'cat/.DS_Store',
    '.git/config',
    '__MACOSX/cat/._1.jpg',
    'cat/Thumbs.db',
    'cat/desktop.ini',
  ])('%s is skipped', (path) => {
    expect(isIgnored(path)).toBe(true)
  })

  test.each(['cat/1.jpg', 'cat/a.b.jpg', 'cat/MACOSX.jpg', 'thumbs/db.jpg'])('%s is not', (path) => {
    expect(isIgnored(path)).toBe(false)
  })
})
