import { isGraftError } from '@graft/core/errors'
import { afterEach, expect, test, vi } from 'vitest'
import { readImages } from './read-images.ts'

afterEach(() => vi.unstubAllEnvs())

const PHOTO = Buffer.from('the bytes of a photo')

function ask(body: BodyInit, type?: string): Request {
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
  return new Request('http://graft.test/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)
}

async function askForm(...files: string[]): Promise<Request> {
  const data = new FormData()
  for (const [index, file] of files.entries()) data.append('image', new Blob([file]), `${index}.jpg`)
  const encoded = new Response(data)
  return ask(await encoded.bytes(), encoded.headers.get('content-type') ?? '')
}

/** Chunks of one byte, with no length told ahead. */
function trickle(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const byte of Buffer.from(text)) controller.enqueue(Uint8Array.of(byte))
      controller.close()
    },
  })
}

const outcome = (image: Buffer | Error) => (isGraftError(image) ? image.code : image.toString())

test.for(['image/jpeg', 'IMAGE/PNG; q=1', 'application/octet-stream'])(
  'a body of %s is the image',
  async (type) => {
    expect(await readImages(ask(PHOTO, type))).toEqual({ images: [PHOTO], single: true })
  },
)

test('the files of a form are images, in their order', async () => {
  const { images, single } = await readImages(await askForm('one', 'two', ''))
  expect(images.map(outcome)).toEqual(['one', 'two', ''])
  expect(single).toBe(false)
})

test('a form that arrives byte by byte, with text around its parts, is the same form', async () => {
  const lines = [
    'preamble',
    '--xx',
    'Content-Disposition: form-data; name="a"',
    'Content-Type: image/png',
    '',
  ]
  const body = trickle([...lines, 'one', '--xx--', 'epilogue', ''].join('\r\n'))
  const { images } = await readImages(ask(body, 'multipart/form-data; boundary=xx'))
  expect(images.map(outcome)).toEqual(['one'])
})

test('JSON holds one image or several', async () => {
  const image = PHOTO.toString('base64')
  expect(await readImages(ask(JSON.stringify({ image }), 'application/json'))).toEqual({
    images: [PHOTO],
    single: true,
  })
  const several = await readImages(ask(JSON.stringify({ images: [image, '%', image] }), 'application/json'))
  expect(several.images.map(outcome)).toEqual([PHOTO.toString(), 'invalid_request', PHOTO.toString()])
  expect(several.single).toBe(false)
})

test.for<[why: string, body: BodyInit, type: string | undefined, code: string]>([
  ['no type', Buffer.from('x'), undefined, 'unsupported_media_type'],
  ['text', 'x', 'text/plain', 'unsupported_media_type'],
  ['an empty body', '', 'image/jpeg', 'image_empty'],
  ['a form without a boundary', 'x', 'multipart/form-data', 'invalid_request'],
  [
    'a form that ends early',
    '--xx\r\nContent-Disposition: form-data; filename="a"\r\n\r\nabc',
    'multipart/form-data; boundary=xx',
    'invalid_request',
  ],
  ['a form without parts', '--xx--\r\n', 'multipart/form-data; boundary=xx', 'invalid_request'],
  [
    'a field that is no file',
    '--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\nabc\r\n--xx--\r\n',
    'multipart/form-data; boundary=xx',
    'invalid_request',
  ],
  ['broken JSON', '{', 'application/json', 'invalid_json'],
  ['JSON of another shape', '{"picture": ""}', 'application/json', 'invalid_request'],
  ['JSON without images', '{"images": []}', 'application/json', 'invalid_request'],
])('%s is refused', async ([, body, type, code]) => {
  await expect(readImages(ask(body, type))).rejects.toMatchObject({ code })
})

test('a body that breaks off is incomplete', async () => {
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) })
  await expect(readImages(ask(broken, 'image/jpeg'))).rejects.toMatchObject({ code: 'body_incomplete' })
})

test('a stream past the limit is not read on', async () => {
  vi.stubEnv('GRAFT_MAX_IMAGE_BYTES', '10')
  let read = 0
  const endless = new ReadableStream({
    pull(controller) {
      read += 4
      controller.enqueue(new Uint8Array(4))
    },
  })
  await expect(readImages(ask(endless, 'image/jpeg'))).rejects.toMatchObject({ code: 'image_too_large' })
  expect(read).toBeLessThan(40)
})

test('of several images only the one that is too large is refused', async () => {
  vi.stubEnv('GRAFT_MAX_IMAGE_BYTES', '10')
  const files = ['one', 'x'.repeat(200_000), 'two']
  const parts = await readImages(await askForm(...files))
  expect(parts.images.map(outcome)).toEqual(['one', 'image_too_large', 'two'])
  const images = files.map((text) => Buffer.from(text).toString('base64'))
  const coded = await readImages(ask(JSON.stringify({ images }), 'application/json'))
  expect(coded.images.map(outcome)).toEqual(['one', 'image_too_large', 'two'])
})

test('a request past its bytes or its number of images is refused', async () => {
  vi.stubEnv('GRAFT_MAX_PREDICT_IMAGES', '2')
  const refused = { code: 'payload_too_large' }
  await expect(readImages(await askForm('a', 'b', 'c'))).rejects.toMatchObject(refused)
  const three = JSON.stringify({ images: ['YQ==', 'YQ==', 'YQ=='] })
  await expect(readImages(ask(three, 'application/json'))).rejects.toMatchObject(refused)
  vi.stubEnv('GRAFT_MAX_PREDICT_BYTES', '100')
  await expect(readImages(await askForm('x'.repeat(200)))).rejects.toMatchObject(refused)
})
