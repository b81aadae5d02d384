// Reads a list of images with their labels: CSV or JSON Lines, also a Hugging Face imagefolder's metadata.csv.
import { readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { GraftError } from '@graft/core/errors'
import type { FolderFile } from './list-folder.ts'
import { parseCsv } from './parse-csv.ts'

/** A file and where it stands in the version: `[split/]label/image`. */
export interface PlacedFile extends FolderFile {
  place: string
}

const SPLITS = new Map([
  ['train', 'train'],
  ['validation', 'validation'],
  ['val', 'validation'],
  ['test', 'test'],
])
/** What the column of the path may be called; the second is Hugging Face's. */
const PATH_COLUMNS = ['path', 'file_name']

export const isManifest = (path: string) => /\.(csv|jsonl)$/i.test(path)

interface Row {
  line: number
  path: string
  label: string
  split: string
}

/**
 * Columns `path` (or `file_name`), `label` and, where wanted, `split`; a CSV without such a header has them in this
 * order. Paths count from the manifest's folder. Where some rows have a split, those without it train.
 * @throws GraftError `invalid_request` with the line of what cannot be read, `label_invalid`, `not_found` for an image
 */
export async function readManifest(manifest: string): Promise<{ folder: string; files: PlacedFile[] }> {
  const text = (await readFile(manifest, 'utf8')).replace(/^\uFEFF/, '')
  const rows = /\.csv$/i.test(manifest) ? csvRows(text) : jsonRows(text)
  if (rows.length === 0) throw new GraftError('invalid_request', `There are no images in ${manifest}.`)
  const hasSplits = rows.some(({ split }) => split !== '')
  const folder = dirname(manifest)
  const files: PlacedFile[] = []
  for (const row of rows) {
    if (isAbsolute(row.path)) {
      const message = `Line ${row.line}: ${row.path} must count from the manifest's folder.`
      throw new GraftError('invalid_request', message)
    }
    const found = await stat(join(folder, row.path)).catch(() => undefined)
    if (!found?.isFile()) throw new GraftError('not_found', `Line ${row.line}: there is no file ${row.path}.`)
    files.push({ path: row.path, bytes: found.size, place: placeOf(row, hasSplits) })
  }
  return { folder, files }
}

/** The folders of a path become part of the name, so that files of one name stay apart. */
function placeOf({ line, path, label, split }: Row, hasSplits: boolean): string {
  if (label === '' || label.includes('/')) {
    throw new GraftError('label_invalid', `Line ${line}: ${JSON.stringify(label)} cannot be a label.`)
  }
  const file = path
    .split('/')
    .filter((segment) => segment !== '.' && segment !== '..')
    .join('_')
  const known = SPLITS.get(split.toLowerCase() || 'train')
  if (known === undefined) {
    throw fault(line, `${JSON.stringify(split)} is no split: it is train, validation or test`)
  }
  return hasSplits ? `${known}/${label}/${file}` : `${label}/${file}`
}

function csvRows(text: string): Row[] {
  const records = parseCsv(text)
  const names = records[0]?.cells.map((name) => name.trim().toLowerCase()) ?? []
  const hasHeader = names.includes('label') && PATH_COLUMNS.some((name) => names.includes(name))
  if (!hasHeader) requireNoHeader(records[0]?.cells ?? [])
  const columns = hasHeader ? names : ['path', 'label', 'split']
  const at = (name: string) => columns.indexOf(name)
  const path = Math.max(...PATH_COLUMNS.map(at))
  return records.slice(hasHeader ? 1 : 0).map(({ line, cells }) => {
    if (cells.length < 2) throw fault(line, 'it needs a path and a label')
    const cell = (column: number) => cells[column] ?? ''
    return { line, path: cell(path), label: cell(at('label')), split: cell(at('split')) }
  })
}

/** A first line of other words, or in another shape, is no image: what follows would all be blamed on the images. */
function requireNoHeader(cells: readonly string[]): void {
  const [first = ''] = cells
  const wanted = 'path (or file_name), label and, where there are splits, split'
  if (cells.length === 1 && first.includes(';')) {
    throw fault(1, `its cells end in semicolons, and are wanted with commas between: ${wanted}`)
  }
  // The path of an image has the ending of its kind.
  if (first === '' || /\.\w+$/.test(first)) return
  const found = cells.map((cell) => JSON.stringify(cell)).join(', ')
  throw fault(1, `its columns are ${found}, and are wanted to be ${wanted}`)
}

function jsonRows(text: string): Row[] {
  const lines = text.split(/\r?\n/).map((content, at) => ({ content, line: at + 1 }))
  return lines
    .filter(({ content }) => content.trim() !== '')
    .map(({ content, line }) => {
      const row = parseObject(content, line)
      const path = PATH_COLUMNS.map((name) => row[name]).find((value) => value !== undefined)
      const { label, split = '' } = row
      if (typeof path !== 'string' || typeof label !== 'string' || typeof split !== 'string') {
        throw fault(line, 'it needs "path" and "label", which are texts as "split" is')
      }
      return { line, path, label, split }
    })
}

function parseObject(content: string, line: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(content)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {}
  throw fault(line, 'it is no JSON object')
}

function fault(line: number, what: string): GraftError {
  return new GraftError('invalid_request', `Line ${line} of the manifest: ${what}.`)
}
