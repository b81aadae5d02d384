import { describe, expect, test } from 'vitest'
import { LIMITS, type LimitName, limit } from './limits.ts'

describe.each(Object.keys(LIMITS) as LimitName[])('limit %s', (name) => {
  const [value, variable] = LIMITS[name]

  test('has its default, and follows its variable', () => {
    expect(limit(name, {})).toBe(value)
    expect(limit(name, { [variable]: '7' })).toBe(7)
  })

  test.each(['0', '-1', 'many'])('refuses %j and names the variable', (text) => {
    expect(() => limit(name, { [variable]: text })).toThrow(variable)
  })
})
