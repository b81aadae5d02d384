import type { Comparison } from '@graft/core/wire/registry'
import { expect, test } from 'vitest'
import { openClient } from '../client.ts'
import { openOutput } from '../terminal.ts'
import { serve } from '../test-server.ts'
import { compare } from './compare.ts'

const side = (model: string, accuracy: number) => ({
  ...{ model, accuracy, labels: ['cat', 'dog'], images: 6, loss: 0.5 },
  confusion: [
    [3, 0],
    [0, 3],
  ],
})
const comparison: Comparison = {
  object: 'model.comparison',
  split: 'test',
  a: side('pets@1', 1),
  b: side('pets@2', 0.5),
  common: {
    images: 6,
    both_right: 3,
    only_a_right: 3,
    only_b_right: 0,
    both_wrong: 0,
    p_value: 0.25,
    disagreements: 1,
  },
  disagreements: [
    {
      path: 'cat/2.jpg',
      sha256: 'a',
      label: 'cat',
      a: { predicted: 'cat', confidence: 0.8 },
      b: { predicted: 'dog', confidence: 0.9 },
    },
  ],
}

async function shown(json: boolean): Promise<string[]> {
  const asked: (string | undefined)[] = []
  const url = await serve((request, response) => {
    asked.push(request.url)
    response.end(JSON.stringify(comparison))
  })
  let text = ''
  const write = (chunk: string | Uint8Array) => {
    text += chunk
    return true
  }
  const output = openOutput(json, { write }, { write, isTTY: false, columns: 80 })
  const client = openClient({ GRAFT_URL: url, GRAFT_API_KEY: 'key' })
  await compare(client, ['pets@1', 'pets@2'], { split: 'test' }, output)
  expect(asked).toEqual(['/v1/models/pets%401/compare/pets%402?split=test'])
  return text.trimEnd().split('\n')
}

test('two versions stand beside each other, with the images on which they differ', async () => {
  expect(await shown(false)).toEqual([
    'model   test images  accuracy  loss',
    'pets@1            6  100.0 %   0.500',
    'pets@2            6  50.0 %    0.500',
    'Of 6 images of both: only pets@1 right on 3, only pets@2 on 0 (may be chance, p 0.25), both wrong on 0.',
    'Different answers: 1.',
    '',
    'image      is   pets@1  pets@2',
    'cat/2.jpg  cat  cat     dog',
  ])
})

test('as JSON it is what the platform says', async () => {
  expect((await shown(true)).map((line) => JSON.parse(line))).toEqual([comparison])
})
