import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isGraftError } from '@graft/core/errors'
import { describe, expect, test } from 'vitest'
import { readPth, writePth } from './pth.ts'
import { createRandom } from './random.ts'
import { writeStoredZip } from './stored-zip.ts'
import { randomWeights, type Weights } from './weights.ts'

const fixture = (file: string) => readFileSync(new URL(`../fixtures/${file}`, import.meta.url))

const WEIGHTS: Weights = new Map([
  ['scalar', { shape: [], data: new Float32Array([0.5]) }],
  ['π.matrix', { shape: [2, 3], data: new Float32Array([0, 1, 2, 3, 4, 5]) }],
  ['empty', { shape: [0, 4], data: new Float32Array() }],
])

const thirds = (...values: number[]) => Float32Array.from(values, (value) => value / 3)

describe('writePth', () => {
  test('writes the bytes that make.py gave to PyTorch', () => {
    expect(Buffer.from(writePth(WEIGHTS))).toEqual(fixture('by-graft.pth'))
  })

  test('is read again with names, order, shapes and values, to the last bit', async () => {
    expect([...(await readPth(writePth(WEIGHTS)))]).toEqual([...WEIGHTS])
  })
})

describe('readPth', () => {
  test('reads what PyTorch writes: number formats, strides, a shared storage; without the counts of batches', async () => {
    expect(Object.fromEntries(await readPth(fixture('by-torch.pth')))).toEqual({
      '0.weight': { shape: [3, 2, 2, 2], data: thirds(...Array(24).keys()) },
      '1.weight': { shape: [3], data: thirds(3, 4, 5) },
      '1.bias': { shape: [3], data: thirds(4, 6, 8) },
      '1.running_mean': { shape: [3], data: new Float32Array(3) },
      '1.running_var': { shape: [3], data: new Float32Array(3).fill(1) },
      half: { shape: [5], data: new Float32Array([1, -0.5, 65504, 2 ** -24, Number.POSITIVE_INFINITY]) },
      bfloat16: { shape: [2, 1], data: new Float32Array([1, -3.140625]) },
      double: { shape: [], data: new Float32Array([1e-3]) },
      empty: { shape: [0, 4], data: new Float32Array() },
    })
  })

  test('takes the prefix of DataParallel away, where every name has it', async () => {
    const names = async (...all: string[]) => {
      const weight = { shape: [1], data: Float32Array.of(1) }
      return [...(await readPth(writePth(new Map(all.map((name) => [name, weight]))))).keys()]
    }
    expect(await names('module.a', 'module.b')).toEqual(['a', 'b'])
    expect(await names('module.a', 'b')).toEqual(['module.a', 'b'])
  })

  test('refuses a file cut anywhere', async () => {
    const whole = fixture('by-torch.pth')
    for (let length = 0; length < whole.length; length += 41) {
      expect(await codeOf(whole.subarray(0, length))).toBe('weights_invalid')
    }
  })

  test('whatever byte of its pickle is wrong, it is read or refused', async () => {
    const pickle = pickleOf({})
    for (let at = 0; at < pickle.length; at += 1) {
      for (const flip of [1, 0x80, 0xff]) {
        const broken = Buffer.from(pickle, 'latin1')
        broken[at] = (broken[at] ?? 0) ^ flip
        expect(['read', 'weights_invalid']).toContain(await codeOf(zipOf(broken.toString('latin1'))))
      }
    }
  })

  test('a pickle made by hand is read, so that what is refused below is refused for its own fault', async () => {
    expect([...(await readPth(zipOf(pickleOf({}))))]).toEqual([
      ['x', { shape: [2], data: Float32Array.of(1, 2) }],
    ])
  })

  test('tensors may share a storage, but not so often that a small file fills the memory', async () => {
    expect(await codeOf(zipOf(sharedOften(4)))).toBe('read')
    expect(await codeOf(zipOf(sharedOften(1000)))).toBe('weights_invalid')
  })

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['a file from before PyTorch 1.6', Buffer.from('80028a0a6cfc9c46f9206aa85019', 'hex')],
    ['a zip without a pickle', writeStoredZip(new Map([['x/version', Buffer.from('3\n')]]))],
    ['a call of os.system', zipOf('\x80\x02cposix\nsystem\n(X\x04\0\0\0trueetR.')],
    ['a call of eval', zipOf('\x80\x02c__builtin__\neval\n(X\x01\0\0\x001tR.')],
    ['another function of torch', zipOf('\x80\x02ctorch.hub\nload\n)R.')],
    ['a class', zipOf('\x80\x02ctorchvision.models.resnet\nResNet\n)\x81}b.')],
    ['a call of what is no function', zipOf('\x80\x02ctorch\nFloatStorage\n)R.')],
    ['the state of what is no dictionary', zipOf('\x80\x02)}b.')],
    ['another protocol', zipOf('\x80\x04}.')],
    ['a number in the place of a tensor', zipOf('\x80\x02}X\x01\0\0\0xK\x01s.')],
    ['a number alone', zipOf('\x80\x02K\x01.')],
    ['a text longer than the file', zipOf('\x80\x02X\xff\xff\xff\xffx.')],
    ['a value that was never kept', zipOf('\x80\x02j\xff\xff\xff\xff.')],
    ['more taken than put', zipOf('\x80\x02\x87.')],
    ['a pickle that goes on', zipOf('\x80\x02}..')],
    ['a pickle larger than a mebibyte', zipOf(`\x80\x02${')'.repeat(2 ** 20)}}.`)],
    ['more numbers than the storage has', zipOf(pickleOf({ shape: 'K\x03\x85' }))],
    ['an offset past the storage', zipOf(pickleOf({ offset: 'K\x01' }))],
    ['a stride past the storage', zipOf(pickleOf({ strides: 'K\x02\x85' }))],
    ['a negative side', zipOf(pickleOf({ shape: 'J\xff\xff\xff\xff\x85' }))],
    ['a huge side', zipOf(pickleOf({ shape: 'J\xff\xff\xff\x7f\x85' }))],
    ['a huge side of one number', zipOf(pickleOf({ shape: 'J\xff\xff\xff\x7f\x85', strides: 'K\0\x85' }))],
    [
      'a huge side beside an empty one',
      zipOf(pickleOf({ shape: '\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7fK\0\x86' })),
    ],
    ['fewer strides than sides', zipOf(pickleOf({ strides: ')' }))],
    ['a storage that claims more than it has', zipOf(pickleOf({ numbers: 'K\x03' }))],
    ['a storage that is not there', zipOf(pickleOf({ key: '1' }))],
    ['big-endian numbers', zipOf(pickleOf({}), { 'x/byteorder': Buffer.from('big') })],
  ])('refuses %s', async (_, bytes) => {
    expect(await codeOf(bytes)).toBe('weights_invalid')
  })
})

const python = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import torch, torchvision']).status === 0,
)

test.skipIf(python === undefined)(
  'where PyTorch is installed, its ResNet-18 loads what we write, strictly, and we read what it saves',
  { timeout: 120_000 },
  async () => {
    const weights = randomWeights('resnet18', 3, createRandom(1))
    const folder = mkdtempSync(join(tmpdir(), 'graft-pth-'))
    try {
      const [ours, theirs] = [join(folder, 'ours.pth'), join(folder, 'theirs.pth')]
      writeFileSync(ours, writePth(weights))
      const script = [
        'import sys, torch, torchvision',
        'model = torchvision.models.resnet18(num_classes=3)',
        'model.load_state_dict(torch.load(sys.argv[1], weights_only=True), strict=True)',
        'torch.save(model.state_dict(), sys.argv[2])',
      ]
      const { status, stderr } = spawnSync(python!, ['-c', script.join('\n'), ours, theirs])
      expect(status, String(stderr)).toBe(0)
      const read = await readPth(readFileSync(theirs))
      expect([...read.keys()].sort()).toEqual([...weights.keys()].sort())
      for (const [name, { shape, data }] of weights) {
        expect(read.get(name)?.shape).toEqual(shape)
        expect(Buffer.from(read.get(name)!.data.buffer).equals(Buffer.from(data.buffer)), name).toBe(true)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)

/** A state_dict of one tensor, x = [1, 2]; each part may be put otherwise, in pickle's own words. */
function pickleOf(parts: {
  numbers?: string
  key?: string
  offset?: string
  shape?: string
  strides?: string
}) {
  return `\x80\x02}(${item('x', parts)}u.`
}

function item(
  name: string,
  { numbers = 'K\x02', key = '0', offset = 'K\0', shape = 'K\x02\x85', strides = 'K\x01\x85' } = {},
) {
  const text = (value: string) => `X${String.fromCharCode(value.length)}\0\0\0${value}`
  const storage = `(${text('storage')}ctorch\nFloatStorage\n${text(key)}${text('cpu')}${numbers}tQ`
  return `${text(name)}ctorch._utils\n_rebuild_tensor_v2\n(${storage}${offset}${shape}${strides}\x89}tR`
}

/** Names of one storage of a thousand numbers: each costs the file some hundred bytes, and memory four thousand. */
function sharedOften(times: number): string {
  const view = { key: 'b', numbers: 'M\xe8\x03', shape: 'M\xe8\x03\x85' }
  return `\x80\x02}(${Array.from({ length: times }, (_, index) => item(`x${index}`, view)).join('')}u.`
}

function zipOf(pickle: string, more: Record<string, Uint8Array> = {}): Uint8Array {
  return writeStoredZip(
    new Map([
      ['x/data.pkl', Buffer.from(pickle, 'latin1')],
      ['x/data/0', Buffer.from(Float32Array.of(1, 2).buffer)],
      ['x/data/b', Buffer.alloc(4000)],
      ...Object.entries(more),
    ]),
  )
}

async function codeOf(bytes: Uint8Array): Promise<string> {
  try {
    await readPth(bytes)
    return 'read'
  } catch (error) {
    return isGraftError(error) ? error.code : `not ours: ${error}`
  }
}
