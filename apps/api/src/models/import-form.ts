// The form of an import: the file of weights, its labels, and how images become the network's input.
import { pipeline } from 'node:stream/promises'
import { Busboy, type BusboyFileStream } from '@fastify/busboy'
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { type Preprocessing, preprocessingSchema, TEXTBOOK_PREPROCESSING } from '@graft/core/preprocessing'
import { z } from 'zod'
import { requireLabel } from '../datasets/edit-version.ts'
import { streamedBody } from '../streamed-body.ts'

export interface ImportForm {
  bytes: Uint8Array<ArrayBuffer>
  labels: string[]
  preprocessing: Preprocessing
}

/** Bytes of the form beside its file. */
const MOST_WORDS = 1024 ** 2

const labelsSchema = z
  .array(z.string().min(1).max(100))
  .min(2)
  .refine((labels) => new Set(labels).size === labels.length, 'two labels are the same')

/**
 * Holds the file in memory once: it is checked as a whole.
 *
 * @throws GraftError `payload_too_large`, `unsupported_media_type`, `invalid_request`, `label_invalid`, `body_incomplete`
 */
export async function readImportForm(request: Request): Promise<ImportForm> {
  const type = request.headers.get('content-type') ?? ''
  if (!type.toLowerCase().startsWith('multipart/form-data')) {
    throw new GraftError('unsupported_media_type', 'Send multipart/form-data with the parts file and labels.')
  }
  const most = limit('modelFileBytes')
  const fields = new Map<string, string>()
  const files: { file: BusboyFileStream; chunks: Buffer[] }[] = []
  const form = openForm(type, most)
  form.on('file', (_, file) => {
    const chunks: Buffer[] = []
    files.push({ file, chunks })
    file.on('data', (chunk: Buffer) => chunks.push(chunk))
    file.on('error', (error) => form.destroy(error))
  })
  form.on('field', (name, value) => fields.set(name, value))
  form.on('filesLimit', () => form.destroy(new GraftError('invalid_request', 'Send one file.')))
  const body = streamedBody(request, most + MOST_WORDS, 'payload_too_large')
  await pipeline(body, form).catch((error: Error) => {
    throw error instanceof GraftError ? error : unreadable(error)
  })
  const [sent] = files
  if (sent === undefined) throw new GraftError('invalid_request', 'The form has no file.')
  if (sent.file.truncated) {
    throw new GraftError('payload_too_large', `The file has more than ${most} bytes.`)
  }
  return {
    bytes: new Uint8Array(Buffer.concat(sent.chunks)),
    labels: parse('labels', fields.get('labels'), labelsSchema).map(requireLabel),
    preprocessing: fields.has('preprocessing')
      ? parse('preprocessing', fields.get('preprocessing'), preprocessingSchema)
      : TEXTBOOK_PREPROCESSING,
  }
}

function openForm(type: string, fileSize: number): Busboy {
  try {
    const limits = { files: 1, fileSize, fields: 8, fieldSize: MOST_WORDS }
    const isPartAFile = (name: string | undefined) => name === 'file'
    return new Busboy({ headers: { 'content-type': type }, limits, isPartAFile })
  } catch (error) {
    throw unreadable(error as Error)
  }
}

function parse<T extends z.ZodType>(name: string, text: string | undefined, schema: T): z.output<T> {
  if (text === undefined) throw new GraftError('invalid_request', `The form has no ${name}.`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new GraftError('invalid_request', `The form's ${name} are not JSON.`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [fault] = parsed.error.issues
  const where = [name, ...(fault?.path ?? [])].join('.')
  throw new GraftError('invalid_request', `The form is not valid: ${where}: ${fault?.message}.`)
}

function unreadable(error: Error): GraftError {
  return new GraftError('invalid_request', `The form cannot be read: ${error.message}.`, [], { cause: error })
}
