import { describe, expect, test } from 'vitest'
import { isName, parseReference } from './names.ts'

describe('names', () => {
  test.each(['hotdog', 'a', '0', 'hot-dog_2.1', 'x'.repeat(63)])('takes %j', (name) => {
    expect(isName(name)).toBe(true)
  })

  test.each(['', '-a', '.a', 'a..b', 'Hotdog', 'a/b', 'a b', 'ä', 'a\0', 'x'.repeat(64), 'a@1'])(
    'refuses %j',
    (name) => {
      expect(isName(name)).toBe(false)
    },
  )
})

describe('parseReference', () => {
  test.each([
    ['hotdog', { name: 'hotdog' }],
    ['hotdog@3', { name: 'hotdog', version: 3 }],
    ['hotdog@champion', { name: 'hotdog', version: 'champion' }],
  ])('reads %j', (text, reference) => {
    expect(parseReference(text, 'model')).toEqual(reference)
  })

  test.each(['@1', 'a@', 'a@@1', 'a@-1', 'A@1'])('refuses %j as invalid_name', (text) => {
    expect(() => parseReference(text, 'model')).toThrow(expect.objectContaining({ code: 'invalid_name' }))
  })
})
