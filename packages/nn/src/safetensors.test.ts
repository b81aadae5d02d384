import { readFileSync } from 'node:fs'
import { isGraftError } from '@graft/core/errors'
import { describe, expect, test } from 'vitest'
import { readSafetensors, writeSafetensors } from './safetensors.ts'
import type { Weights } from './weights.ts'

const fixture = (file: string) => readFileSync(new URL(`../fixtures/${file}`, import.meta.url))

const WEIGHTS: Weights = new Map([
  ['scalar', { shape: [], data: new Float32Array([0.5]) }],
  ['matrix', { shape: [2, 3], data: new Float32Array([0, 1, 2, 3, 4, 5]) }],
  ['empty', { shape: [0, 4], data: new Float32Array() }],
])

describe('writeSafetensors', () => {
  test('writes the bytes that make.py gave to the reference library', () => {
    expect(Buffer.from(writeSafetensors(WEIGHTS, { job: 'ftjob_1' }))).toEqual(
      fixture('by-graft.safetensors'),
    )
  })

  test('is read again with names, order, shapes and values, to the last bit', () => {
    const random = new Map([
      ...WEIGHTS,
      ['π "quoted"', { shape: [2], data: new Float32Array([Math.PI, -0]) }],
    ])
    expect([...readSafetensors(writeSafetensors(random))]).toEqual([...random])
  })

  test('aligns the data to 8 bytes', () => {
    for (const name of ['a', 'ab', 'abc', 'abcd', 'abcde']) {
      const file = writeSafetensors(new Map([[name, { shape: [1], data: new Float32Array([1]) }]]))
      expect(Number(Buffer.from(file).readBigUInt64LE(0)) % 8).toBe(0)
    }
  })
})

describe('readSafetensors', () => {
  test('reads what the reference library writes, in every number format', () => {
    const weights = readSafetensors(fixture('by-python.safetensors'))
    const f16 = [1, -0.5, 65504, Math.round(6e-8 * 2 ** 24) * 2 ** -24, Number.POSITIVE_INFINITY]
    expect(Object.fromEntries(weights)).toEqual({
      f16: { shape: [5], data: new Float32Array(f16) },
      f32: {
        shape: [2, 3],
        data: Float32Array.from({ length: 6 }, (_, index) => Math.fround(index) / Math.fround(3)),
      },
      f64: { shape: [2, 1], data: new Float32Array([1e-3, -7]) },
      i64: { shape: [], data: new Float32Array([42]) },
    })
  })

  test('reads a bfloat16 as the upper half of a float32', () => {
    const file = encode({ x: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] } }, [0x80, 0x3f, 0x49, 0xc0])
    expect(readSafetensors(file).get('x')?.data).toEqual(new Float32Array([1, -3.140625]))
  })

  test('reads bytes that lie anywhere in a larger buffer', () => {
    const file = writeSafetensors(WEIGHTS)
    const shifted = new Uint8Array(file.length + 3)
    shifted.set(file, 3)
    expect([...readSafetensors(shifted.subarray(3))]).toEqual([...WEIGHTS])
  })

  const entry = { dtype: 'F32', shape: [1], data_offsets: [0, 4] }
  const four = [0, 0, 0, 0]
  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['less than a length', new Uint8Array(7)],
    ['a header longer than the file', Buffer.from('ff00000000000000', 'hex')],
    ['a header of 2^64 - 1 bytes', Buffer.from('ffffffffffffffff7b7d', 'hex')],
    ['a header that is no JSON', withHeader('{"x":')],
    ['a header that is no object', withHeader('[]')],
    ['a header of null', withHeader('null')],
    ['a header that is no UTF-8', Buffer.from('020000000000000022ff', 'hex')],
    ['an entry that is no object', encode({ x: 1 }, four)],
    ['an unknown number format', encode({ x: { ...entry, dtype: 'F4' } }, four)],
    ['a negative side', encode({ x: { ...entry, shape: [-1] } }, four)],
    ['a fractional side', encode({ x: { ...entry, shape: [0.5] } }, four)],
    ['a side whose product overflows', encode({ x: { ...entry, shape: [2 ** 32, 2 ** 32, 2 ** 32] } }, four)],
    [
      'a side beyond what a double holds',
      withHeader('{"x":{"dtype":"F32","shape":[1e300,1e300],"data_offsets":[0,0]}}'),
    ],
    ['no sides at all', encode({ x: { dtype: 'F32', data_offsets: [0, 4] } }, four)],
    ['an end beyond the file', encode({ x: { ...entry, shape: [2], data_offsets: [0, 8] } }, four)],
    ['an end before the begin', encode({ x: { ...entry, data_offsets: [4, 0] } }, four)],
    ['a negative begin', encode({ x: { ...entry, data_offsets: [-4, 0] } }, four)],
    ['bytes that do not fit the shape', encode({ x: { ...entry, shape: [2] } }, four)],
    ['two tensors of the same bytes', encode({ x: entry, y: entry }, four)],
    ['a hole before a tensor', encode({ x: { ...entry, data_offsets: [4, 8] } }, [...four, ...four])],
    ['bytes after the last tensor', encode({ x: entry }, [...four, 0])],
    ['a file cut by one byte', writeSafetensors(WEIGHTS).subarray(0, -1)],
  ])('refuses %s', (_, bytes) => {
    expect(codeOf(() => readSafetensors(bytes))).toBe('weights_invalid')
  })

  test('takes names like __proto__ for names', () => {
    const file = withHeader('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', four)
    expect([...readSafetensors(file).keys()]).toEqual(['__proto__'])
  })
})

function withHeader(json: string, data: number[] = []): Uint8Array {
  const header = Buffer.from(json)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, header, Buffer.from(data)])
}

function encode(header: object, data: number[]): Uint8Array {
  return withHeader(JSON.stringify(header), data)
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action()
  } catch (error) {
    return isGraftError(error) ? error.code : `not ours: ${error}`
  }
  return undefined
}
