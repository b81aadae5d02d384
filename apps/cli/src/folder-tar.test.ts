import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extract } from 'tar-stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FolderFile, listFolder, tarOf } from './folder-tar.ts'

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

async function hashTar(files: readonly FolderFile[]): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of tarOf(folder, files)) hash.update(chunk)
  return hash.digest('hex')
}

test('a folder lists its regular files, sorted, without dot files and links', async () => {
  expect(await listFolder(folder)).toEqual([
    { path: 'cat/b.jpg', bytes: 2 },
    { path: 'cat/ä.jpg', bytes: 1 },
  ])
})

test('the tar holds the files, and reads back', async () => {
  const read: Record<string, string> = {}
  const reader = extract()
  reader.on('entry', (header, stream, next) => {
    stream.on('data', (chunk: unknown) => {
      read[header.name] = (read[header.name] ?? '') + String(chunk)
    })
    stream.on('end', next)
  })
  for await (const chunk of tarOf(folder, await listFolder(folder))) reader.write(chunk)
  reader.end(Buffer.alloc(0))
  expect(read).toEqual({ 'cat/b.jpg': 'bb', 'cat/ä.jpg': 'a' })
})

test('the hash depends on paths and contents, not on times', async () => {
  const hash = async () => hashTar(await listFolder(folder))
  const first = await hash()
  await utimes(join(folder, 'cat', 'b.jpg'), new Date(0), new Date(0))
  expect(await hash()).toBe(first)
  await writeFile(join(folder, 'cat', 'b.jpg'), 'cc')
  expect(await hash()).not.toBe(first)
})

test('a file that vanishes while it is read fails the tar', async () => {
  const files = await listFolder(folder)
  await rm(join(folder, 'cat', 'b.jpg'))
  await expect(hashTar(files)).rejects.toThrow('ENOENT')
})

test('a file that grows while it is read fails the tar', async () => {
  const files = await listFolder(folder)
  await writeFile(join(folder, 'cat', 'b.jpg'), 'longer')
  await expect(hashTar(files)).rejects.toThrow('Size mismatch')
})
