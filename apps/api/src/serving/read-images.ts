// The images of a prediction request: the body itself, the files of a multipart form, or base64 in JSON.
import { pipeline } from 'node:stream/promises'
import { Busboy, type BusboyFileStream } from '@fastify/busboy'
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { z } from 'zod'
import { type Hold, streamedBody, wholeBody } from '../streamed-body.ts'

/** Each image's bytes, or why it is none: one bad image of several does not refuse the others. */
export interface ImageRequest {
  images: (Buffer | GraftError)[]
  /** The request holds one image by its form, and its answer stands alone. */
  single: boolean
}

export const imagesJsonSchema = z.union([
  z.strictObject({ image: z.string() }),
  z.strictObject({ images: z.array(z.string()).min(1) }),
])

/**
 * Reads the body once, and never more of it than the limits allow.
 *
 * @throws GraftError `unsupported_media_type`, `payload_too_large`, `image_too_large`, `image_empty`, `invalid_json`,
 *   `invalid_request`, `body_incomplete`
 */
export async function readImages(request: Request, hold: Hold = () => {}): Promise<ImageRequest> {
  const type = request.headers.get('content-type') ?? ''
  const essence = type.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (essence.startsWith('image/') || essence === 'application/octet-stream') {
    const most = Math.min(limit('imageBytes'), limit('predictBytes'))
    return { images: [requireBytes(await wholeBody(request, most, 'image_too_large', hold))], single: true }
  }
  if (essence === 'multipart/form-data') {
    const body = streamedBody(request, limit('predictBytes'), 'payload_too_large', hold)
    return { images: await readForm(type, body), single: false }
  }
  if (essence === 'application/json') return readJson((await readBody(request, hold)).toString())
  throw new GraftError(
    'unsupported_media_type',
    `The Content-Type ${JSON.stringify(type)} holds no images: send image/*, application/octet-stream, multipart/form-data or application/json.`,
  )
}

/** The whole body, of any kind. @throws GraftError `payload_too_large`, `image_empty`, `body_incomplete` */
export async function readBody(request: Request, hold: Hold): Promise<Buffer> {
  return requireBytes(await wholeBody(request, limit('predictBytes'), 'payload_too_large', hold))
}

function requireBytes(bytes: Buffer): Buffer {
  if (bytes.length > 0) return bytes
  throw new GraftError('image_empty', 'The body is empty.')
}

/** Every part must be a file; its name does not matter. */
async function readForm(type: string, body: AsyncIterable<Uint8Array>): Promise<(Buffer | GraftError)[]> {
  const parts: { file: BusboyFileStream; chunks: Buffer[] }[] = []
  const most = limit('predictImages')
  const form = openForm(type, most)
  form.on('file', (_, file) => {
    const chunks: Buffer[] = []
    parts.push({ file, chunks })
    file.on('data', (chunk: Buffer) => chunks.push(chunk))
    file.on('error', (error) => form.destroy(error))
  })
  form.on('filesLimit', () => form.destroy(tooMany(most)))
  form.on('field', (name) =>
    form.destroy(new GraftError('invalid_request', `The form's part ${JSON.stringify(name)} is no file.`)),
  )
  await pipeline(body, form).catch((error: Error) => {
    throw error instanceof GraftError ? error : unreadableForm(error)
  })
  if (parts.length === 0) throw new GraftError('invalid_request', 'The form has no image.')
  return parts.map(({ file, chunks }) => (file.truncated ? imageTooLarge() : Buffer.concat(chunks)))
}

/** Files past the limit of their size are cut there and marked: the rest of the form is read on. */
function openForm(type: string, files: number): Busboy {
  try {
    return new Busboy({
      headers: { 'content-type': type },
      limits: { files, fileSize: limit('imageBytes') },
      isPartAFile: (_, type = '', name) =>
        name !== undefined || /^(image\/|application\/octet-stream)/.test(type),
    })
  } catch (error) {
    throw unreadableForm(error as Error)
  }
}

function readJson(text: string): ImageRequest {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    throw new GraftError('invalid_json', `The body is not JSON: ${(error as Error).message}.`)
  }
  const parsed = imagesJsonSchema.safeParse(body)
  if (!parsed.success) {
    throw new GraftError(
      'invalid_request',
      'The body is neither {"image": BASE64} nor {"images": [BASE64, ...]}.',
    )
  }
  if ('image' in parsed.data) return { images: [fromBase64(parsed.data.image)], single: true }
  const { images } = parsed.data
  const most = limit('predictImages')
  if (images.length > most) throw tooMany(most)
  return { images: images.map(fromBase64), single: false }
}

/** `Buffer.from` skips what is no base64: what does not encode to the same text again was none. */
export function fromBase64(text: string): Buffer | GraftError {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) {
    const hint = text.startsWith('data:') ? ': send what stands behind the comma of the data URI alone' : ''
    return new GraftError('invalid_request', `The image is no base64${hint}.`)
  }
  return bytes.length > limit('imageBytes') ? imageTooLarge() : bytes
}

function tooMany(most: number): GraftError {
  return new GraftError('payload_too_large', `The request has more than ${most} images.`)
}

function imageTooLarge(): GraftError {
  return new GraftError('image_too_large', `The image has more than ${limit('imageBytes')} bytes.`)
}

function unreadableForm(error: Error): GraftError {
  return new GraftError('invalid_request', `The form cannot be read: ${error.message}.`, [], { cause: error })
}
