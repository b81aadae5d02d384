import { createHash } from 'node:crypto'
import { GraftError } from '@graft/core/errors'
import { expect, test } from 'vitest'
import type { GoodImage, JudgedFile } from './judge-file.ts'
import { settleFiles } from './settle-files.ts'

/** An image whose content is named after its path, or after `content`. Unless `looks` says so it is like no other. */
const image = (path: string, content = path, looks = content): GoodImage => ({
  path,
  sha256: hashOf(content),
  bytes: 10,
  width: 4,
  height: 3,
  perceptualHash: hashOf(looks).slice(0, 16),
})
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const images = (...paths: string[]) => paths.map((path) => image(path))
/** `path status code split` of each file, as a user reads it. */
const verdicts = async (judged: JudgedFile[]) =>
  (await settleFiles(judged)).files.map((file) => {
    const reason = file.status === 'accepted' ? 'ok' : file.reason.code
    return `${file.path} ${file.status} ${reason} ${file.split ?? '-'}`
  })
const faultOf = async (judged: JudgedFile[]) => (await settleFiles(judged)).fault?.code

test('labels and splits come from the path, counts from what was accepted', async () => {
  const settled = await settleFiles(
    images(
      ...['pets/train/dog/1.jpg', 'pets/train/dog/2.jpg', 'pets/train/cat/1.jpg', 'pets/train/cat/2.jpg'],
      ...['pets/val/cat/3.jpg', 'pets/test/dog/4.jpg'],
    ),
  )
  expect(settled).toMatchObject({
    labels: ['cat', 'dog'],
    splits: { train: { cat: 2, dog: 2 }, validation: { cat: 1 }, test: { dog: 1 } },
    cut: [],
  })
  expect(settled.fault).toBeUndefined()
})

test('of the same image under one label the first stays', async () => {
  expect(await verdicts([image('cat/1.jpg', 'a'), image('cat/2.jpg', 'a'), image('dog/3.jpg')])).toEqual([
    'cat/1.jpg accepted ok train',
    'cat/2.jpg duplicate duplicate_image -',
    'dog/3.jpg accepted ok train',
  ])
})

test('of the same image in several splits the training one stays, wherever it stands', async () => {
  const judged = [
    image('test/cat/1.jpg', 'a'),
    image('validation/cat/1.jpg', 'a'),
    image('train/cat/1.jpg', 'a'),
    image('test/dog/2.jpg', 'b'),
    image('validation/dog/2.jpg', 'b'),
  ]
  expect(await verdicts(judged)).toEqual([
    'test/cat/1.jpg duplicate duplicate_image test',
    'validation/cat/1.jpg duplicate duplicate_image validation',
    'train/cat/1.jpg accepted ok train',
    'test/dog/2.jpg duplicate duplicate_image test',
    'validation/dog/2.jpg accepted ok validation',
  ])
})

test('of the same image under two labels none stays', async () => {
  const { files } = await settleFiles([
    image('cat/1.jpg', 'a'),
    image('dog/1.jpg', 'a'),
    image('dog/2.jpg', 'a'),
  ])
  for (const file of files) {
    expect(file).toMatchObject({ status: 'rejected', reason: { code: 'conflicting_labels' } })
    expect(file).toMatchObject({ reason: { message: expect.stringContaining('"cat", "dog"') } })
  }
})

test('images that look alike are told, and never stand in two of the splits that were given', async () => {
  const alike = (path: string) => image(path, path, 'the same')
  const judged = [
    alike('test/cat/1.jpg'),
    image('test/cat/2.jpg'),
    alike('train/cat/3.jpg'),
    alike('train/cat/4.jpg'),
    alike('validation/dog/5.jpg'),
  ]
  expect(await verdicts(judged)).toEqual([
    'test/cat/1.jpg duplicate lookalike_image test',
    'test/cat/2.jpg accepted ok test',
    'train/cat/3.jpg accepted ok train',
    'train/cat/4.jpg accepted ok train',
    'validation/dog/5.jpg duplicate lookalike_image validation',
  ])
  const { files } = await settleFiles(judged)
  expect(files.map(({ lookalike }) => lookalike)).toEqual([1, undefined, 1, 1, 1])
})

test('what was refused keeps its reason, and what stands elsewhere gets one', async () => {
  const refused = { path: 'cat/x.txt', bytes: 3, error: new GraftError('image_type_unsupported') }
  const judged = [refused, ...images('cat/1.jpg', 'cat/2.jpg', 'loose.jpg', `${'l'.repeat(101)}/3.jpg`)]
  expect((await verdicts(judged)).map((line) => line.split(' ')[2])).toEqual([
    'image_type_unsupported',
    'ok',
    'ok',
    'layout_unknown',
    'label_invalid',
  ])
})

test.each([
  ['1.jpg', '2.jpg'],
  ['train/1.jpg', 'test/2.jpg'],
])('of images without labels, %s and %s, it says what to do', async (...paths) => {
  const { fault } = await settleFiles(images(...paths))
  expect(fault?.code).toBe('too_few_classes')
  expect(fault?.message).toContain('Put each into label/image')
})

test('a version needs two classes, and two training images of each', async () => {
  expect(await faultOf([])).toBe('too_few_classes')
  expect(await faultOf(images('cat/1.jpg', 'cat/2.jpg', 'cat/3.jpg'))).toBe('too_few_classes')
  expect(await faultOf(images('cat/1.jpg', 'cat/2.jpg', 'dog/3.jpg'))).toBe('too_few_images')
  expect(
    await faultOf([...images('cat/1.jpg', 'cat/2.jpg'), image('dog/3.jpg', 'a'), image('dog/4.jpg', 'a')]),
  ).toBe('too_few_images')
  const onlyTested = images(
    'train/cat/1.jpg',
    'train/cat/2.jpg',
    'train/dog/3.jpg',
    'train/dog/4.jpg',
    'test/owl/5.jpg',
  )
  expect(await faultOf(onlyTested)).toBe('too_few_images')
  expect(await faultOf(onlyTested.slice(0, 4))).toBeUndefined()
})

test('a version has no more classes than the limit', async () => {
  const many = Array.from({ length: 10_001 }, (_, at) => images(`c${at}/1.jpg`, `c${at}/2.jpg`)).flat()
  expect(await faultOf(many)).toBe('too_many_classes')
  expect(await faultOf(many.slice(2))).toBeUndefined()
})

test('of paths and labels that differ only in case the first spelling stays', async () => {
  const found = await verdicts(
    images(
      ...['Cat/1.jpg', 'Cat/2.jpg', 'dog/1.jpg', 'dog/2.jpg', 'dog/straße.jpg'],
      ...['cat/3.jpg', 'dog/1.JPG', 'dog/STRASSE.jpg', 'dog/1.jpeg'],
    ),
  )
  expect(found.filter((verdict) => !verdict.includes(' ok '))).toEqual([
    'cat/3.jpg rejected label_twin -',
    'dog/1.JPG rejected path_twin -',
    'dog/STRASSE.jpg rejected path_twin -',
  ])
})
