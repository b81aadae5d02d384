// The body of feedback: JSON, or a multipart form that brings the image as a file.
import { buffer, json } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { Busboy } from '@fastify/busboy'
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { feedbackSchema } from '@graft/core/wire/feedback'
import type { z } from 'zod'
import { isJson } from '../is-json.ts'
import { invalidRequest } from '../problem.ts'
import { fromBase64 } from '../serving/read-images.ts'
import { type Hold, streamedBody } from '../streamed-body.ts'

export interface Feedback {
  prediction: string
  label: string
  image?: Buffer
}

const formSchema = feedbackSchema.pick({ prediction: true, label: true })

/** @throws GraftError as `readImages`, for a body of another shape `invalid_request` */
export async function readFeedback(request: Request, hold: Hold): Promise<Feedback> {
  const type = request.headers.get('content-type') ?? ''
  const body = streamedBody(request, limit('predictBytes'), 'payload_too_large', hold)
  if (/^multipart\/form-data\b/i.test(type)) return await readForm(type, body)
  if (!isJson(type)) {
    throw new GraftError(
      'unsupported_media_type',
      'Send feedback as application/json or multipart/form-data.',
    )
  }
  const { image: text, ...feedback } = parse(feedbackSchema, await readJson(body))
  if (text === undefined) return feedback
  const image = fromBase64(text)
  if (image instanceof GraftError) throw image
  return { ...feedback, image }
}

function parse<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw invalidRequest(parsed.error)
}

async function readJson(body: AsyncIterable<Uint8Array>): Promise<unknown> {
  try {
    return await json(body)
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new GraftError('invalid_json', `The body is not JSON: ${error.message}.`)
    }
    throw error
  }
}

/** The fields `prediction` and `label`, and at most one file. */
async function readForm(type: string, body: AsyncIterable<Uint8Array>): Promise<Feedback> {
  const fields: Record<string, string> = {}
  const files: Promise<Buffer>[] = []
  const form = openForm(type)
  form.on('field', (name, value) => {
    fields[name] = value
  })
  form.on('file', (_, file) => {
    file.on('limit', () => {
      form.destroy(new GraftError('image_too_large', `The image has more than ${limit('imageBytes')} bytes.`))
    })
    const read = buffer(file)
    // What ends the form ends its files: the form tells it.
    read.catch(() => {})
    files.push(read)
  })
  form.on('filesLimit', () =>
    form.destroy(new GraftError('invalid_request', 'Feedback has one image at most.')),
  )
  await pipeline(body, form).catch((error: Error) => {
    throw error instanceof GraftError ? error : unreadable(error)
  })
  const feedback = parse(formSchema, fields)
  const [image] = await Promise.all(files)
  return image === undefined ? feedback : { ...feedback, image }
}

function openForm(type: string): Busboy {
  try {
    return new Busboy({
      headers: { 'content-type': type },
      limits: { files: 1, fields: 10, fileSize: limit('imageBytes') },
    })
  } catch (error) {
    throw unreadable(error as Error)
  }
}

function unreadable(error: Error): GraftError {
  return new GraftError('invalid_request', `The form cannot be read: ${error.message}.`, [], { cause: error })
}
