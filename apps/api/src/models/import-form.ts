// The form of an import: the file of weights, its labels, and how images become the network's input.
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Busboy, type BusboyFileStream } from '@fastify/busboy'
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { type Preprocessing, preprocessingSchema, TEXTBOOK_PREPROCESSING } from '@graft/core/preprocessing'
import { z } from 'zod'
import { requireLabel } from '../datasets/edit-version.ts'
import { twinOf } from '../datasets/settle-files.ts'
import { isFull } from '../datasets/upload-file.ts'
import { streamedBody, untilAborted } from '../streamed-body.ts'

export interface ImportForm {
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
 * Writes the file to `place`, and holds none of it in memory: it may arrive for as long as the limit allows.
 *
 * @throws GraftError `payload_too_large`, `unsupported_media_type`, `invalid_request`, `label_invalid`, `label_twin`,
 *   `body_incomplete`, `body_too_slow`, `store_full` where the disk of `place` has no room
 */
export async function readImportForm(request: Request, place: string): Promise<ImportForm> {
  const type = request.headers.get('content-type') ?? ''
  if (!type.toLowerCase().startsWith('multipart/form-data')) {
    throw new GraftError('unsupported_media_type', 'Send multipart/form-data with the parts file and labels.')
  }
  const most = limit('modelFileBytes')
  const fields = new Map<string, string>()
  const files: { file: BusboyFileStream; written: Promise<void> }[] = []
  const form = openForm(type, most)
  form.on('file', (_, file) => {
    const written = pipeline(file, createWriteStream(place))
    written.catch((error: Error) => form.destroy(error))
    files.push({ file, written })
  })
  form.on('field', (name, value) => fields.set(name, value))
  form.on('filesLimit', () => form.destroy(new GraftError('invalid_request', 'Send one file.')))
  const late = AbortSignal.timeout(limit('importBodySeconds') * 1000)
  const body = streamedBody(request, most + MOST_WORDS, 'payload_too_large')
  try {
    await pipeline(untilAborted(body, late), form)
    await Promise.all(files.map(({ written }) => written))
  } catch (error) {
    for (const { file } of files) file.destroy()
    // Nothing writes there any more once this has thrown.
    await Promise.allSettled(files.map(({ written }) => written))
    throw toFault(error as Error, late)
  }
  const [sent] = files
  if (sent === undefined) throw new GraftError('invalid_request', 'The form has no file.')
  if (sent.file.truncated) {
    throw new GraftError('payload_too_large', `The file has more than ${most} bytes.`)
  }
  return {
    labels: readLabels(fields.get('labels')),
    preprocessing: fields.has('preprocessing')
      ? parse('preprocessing', fields.get('preprocessing'), preprocessingSchema)
      : TEXTBOOK_PREPROCESSING,
  }
}

function readLabels(text: string | undefined): string[] {
  const seen = new Map<string, string>()
  return parse('labels', text, labelsSchema).map((label) => {
    const twin = twinOf(seen, requireLabel(label))
    if (twin) throw twin
    return label
  })
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

function toFault(error: Error, late: AbortSignal): GraftError {
  if (error instanceof GraftError) return error
  if (late.aborted) {
    const message = `The form has not arrived within ${limit('importBodySeconds')} seconds.`
    return new GraftError('body_too_slow', message)
  }
  if (!isFull(error)) return unreadable(error)
  return new GraftError('store_full', 'The disk for uploads is full.', [], { cause: error })
}
