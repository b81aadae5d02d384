import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parseCsv } from './parse-csv.ts'
import { readManifest } from './read-manifest.ts'

const folder = mkdtempSync(join(tmpdir(), 'graft-manifest-'))
mkdirSync(join(folder, 'a'))
mkdirSync(join(folder, 'b'))
for (const path of ['a/1.jpg', 'b/1.jpg', 'a, "b".jpg']) writeFileSync(join(folder, path), path)
afterAll(() => rmSync(folder, { recursive: true }))

async function places(name: string, text: string): Promise<string[]> {
  writeFileSync(join(folder, name), text)
  const found = await readManifest(join(folder, name))
  return found.files.map(({ path, place, bytes }) => {
    expect(bytes).toBe(path.replace('./', '').length)
    return `${path} ${place}`
  })
}

test.each([
  ['m.csv', 'path,label\na/1.jpg,cat\nb/1.jpg,big dog\n'],
  ['m.csv', '\uFEFFlabel,file_name\r\ncat,a/1.jpg\r\n\r\n"big dog","b/1.jpg"'],
  ['m.csv', 'a/1.jpg,cat\nb/1.jpg,big dog'],
  ['m.jsonl', '{"path":"a/1.jpg","label":"cat"}\n\n{"file_name":"b/1.jpg","label":"big dog"}\n'],
])('%s %j', async (name, text) => {
  expect(await places(name, text)).toEqual(['a/1.jpg cat/a_1.jpg', 'b/1.jpg big dog/b_1.jpg'])
})

test('where a row has a split, those without it train', async () => {
  expect(await places('m.csv', 'path,label,split\n./a/1.jpg,cat,Val\nb/1.jpg,cat,\n')).toEqual([
    './a/1.jpg validation/cat/a_1.jpg',
    'b/1.jpg train/cat/b_1.jpg',
  ])
})

test.each([
  ['m.csv', 'path,label\na/1.jpg,cat\nc.jpg,cat\n', 'not_found', 'Line 3'],
  ['m.csv', 'path,label\na/1.jpg,a/b\n', 'label_invalid', 'Line 2'],
  ['m.csv', 'path,label\na/1.jpg,\n', 'label_invalid', 'Line 2'],
  ['m.csv', 'path,label,split\na/1.jpg,cat,holdout\n', 'invalid_request', 'holdout'],
  ['m.csv', 'filename,class\na/1.jpg,cat\n', 'invalid_request', '"filename", "class"'],
  ['m.csv', 'path;label\na/1.jpg;cat\n', 'invalid_request', 'semicolons'],
  ['m.csv', 'a/1.jpg;cat\n', 'invalid_request', 'path (or file_name), label'],
  ['m.csv', 'a/1.jpg\n', 'invalid_request', 'Line 1'],
  ['m.csv', 'path,label\n"a/1.jpg,cat\n', 'invalid_request', 'Line 2'],
  ['m.csv', 'path,label\n', 'invalid_request', 'no images'],
  ['m.jsonl', '{"path":"a/1.jpg","label":"cat"}\n{"path":1}', 'invalid_request', 'Line 2'],
  ['m.jsonl', 'path,label', 'invalid_request', 'Line 1'],
])('%s %j is refused as %s', async (name, text, code, word) => {
  const refusal = { code, message: expect.stringContaining(word) }
  await expect(places(name, text)).rejects.toMatchObject(refusal)
})

test('quoted cells hold commas, quotes and line breaks', () => {
  expect(parseCsv('"a, ""b"".jpg",x\n"two\nlines",\n,last')).toEqual([
    { line: 1, cells: ['a, "b".jpg', 'x'] },
    { line: 2, cells: ['two\nlines', ''] },
    { line: 4, cells: ['', 'last'] },
  ])
})
