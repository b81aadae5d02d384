import { expect, test } from 'vitest'
import { wholeBody } from './streamed-body.ts'

/** With the length told, as a client over HTTP tells it. */
function request(body: BodyInit, length: number): Request {
  const headers = { 'content-length': String(length) }
  return new Request('http://127.0.0.1/', { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
}

test.each([1, 1000, 128 * 1024, 128 * 1024 + 1, 300_000])(
  'a body of %i bytes is read whole, and held',
  async (length) => {
    let held = 0
    const body = Buffer.alloc(length, 'photo')
    const read = await wholeBody(
      request(new Uint8Array(body), length),
      300_000,
      'image_too_large',
      (bytes) => {
        held += bytes
      },
    )
    expect(read.equals(body)).toBe(true)
    expect(held).toBe(length)
  },
)

test.each([11, 300_000])(
  'a body that is told to have %i bytes, more than are taken, is refused unread',
  async (length) => {
    const asked = request('small', length)
    await expect(wholeBody(asked, 10, 'image_too_large')).rejects.toMatchObject({ code: 'image_too_large' })
    expect(asked.bodyUsed).toBe(false)
  },
)

test('a body that ends in the middle is incomplete, and nothing of it is held', async () => {
  let held = 0
  const broken = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(5))
      controller.error(new Error('gone'))
    },
  })
  const reading = wholeBody(request(broken, 10), 100, 'image_too_large', (bytes) => {
    held += bytes
  })
  await expect(reading).rejects.toMatchObject({ code: 'body_incomplete' })
  expect(held).toBe(0)
})
