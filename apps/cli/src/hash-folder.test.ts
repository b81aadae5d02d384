import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hashFolder } from './hash-folder.ts'
import { listFolder } from './list-folder.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-folder-'))
  await mkdir(join(folder, 'cat'))
  await writeFile(join(folder, 'cat', 'b.jpg'), 'bb')
  await writeFile(join(folder, 'cat', 'ä.jpg'), 'a')
  await writeFile(join(folder, '.DS_Store'), 'x')
  await symlink('/etc/passwd', join(folder, 'cat', 'link.jpg'))
})
afterEach(() => rm(folder, { recursive: true }))

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex')

test('a folder lists its regular files, sorted, without dot files; links are told of', async () => {
  const links: string[] = []
  expect(await listFolder(folder, (path) => links.push(path))).toEqual([
    { path: 'cat/b.jpg', bytes: 2 },
    { path: 'cat/ä.jpg', bytes: 1 },
  ])
  expect(links).toEqual(['cat/link.jpg'])
})

test('each file has its hash, small or large, and is told of once', async () => {
  const large = Buffer.alloc(5 * 1024 ** 2, 7)
  await writeFile(join(folder, 'large.png'), large)
  let seen = 0
  const files = await hashFolder(folder, await listFolder(folder, () => {}), (bytes) => {
    seen += bytes
  })
  expect(Object.fromEntries(files.map((file) => [file.path, file.sha256]))).toEqual({
    'cat/b.jpg': sha256('bb'),
    'cat/ä.jpg': sha256('a'),
    'large.png': sha256(large),
  })
  expect(seen).toBe(3 + large.length)
})

test('a file that vanishes meanwhile fails it', async () => {
  const files = await listFolder(folder, () => {})
  await rm(join(folder, 'cat', 'b.jpg'))
  await expect(hashFolder(folder, files, () => {})).rejects.toThrow('ENOENT')
})
