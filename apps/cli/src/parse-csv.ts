// Parses CSV as RFC 4180 has it: quoted cells may hold commas, line breaks and doubled quotes.
import { GraftError } from '@graft/core/errors'

export interface CsvRecord {
  /** Where it begins, from 1. */
  line: number
  cells: string[]
}

/**
 * Empty lines are left out.
 * @throws GraftError `invalid_request` for a quote that is not closed
 */
export function parseCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = []
  let line = 1
  let record: CsvRecord = { line, cells: [] }
  // Each match is one cell and what ends it.
  for (const [all, quoted, plain = '', end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n][^,\r\n]*)?)(,|\r?\n|$)|"/g,
  )) {
    if (end === undefined) throw new GraftError('invalid_request', `Line ${line}: a quote is not closed.`)
    record.cells.push(quoted?.replaceAll('""', '"') ?? plain)
    line += all.split('\n').length - 1
    if (end === ',') continue
    if (record.cells.some((cell) => cell !== '')) records.push(record)
    record = { line, cells: [] }
  }
  return records
}
