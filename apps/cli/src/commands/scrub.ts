// `graft scrub`: whether every image in the store of this machine's settings is what its hash says.
import { existsSync } from 'node:fs'
import { GraftError } from '@graft/core/errors'
import { openStore, parseDirectoryLocation } from '@graft/store/open-store'
import { scrub as scrubStore } from '@graft/store/scrub'
import { megabytes, type Output } from '../terminal.ts'

/** The platform may run. @returns whether nothing is damaged @throws GraftError `not_found` where no store has been */
export async function scrub(location: string, output: Output): Promise<boolean> {
  const folder = parseDirectoryLocation(location)
  if (folder !== undefined && !existsSync(folder)) {
    const message = `There is no store in ${folder}: run this where the platform was started, or set GRAFT_DATA.`
    throw new GraftError('not_found', message)
  }
  const store = await openStore(location)
  try {
    let done = 0
    const found = await scrubStore(store, (bytes) => {
      done += bytes
      output.progress(`reading  ${megabytes(done)}`)
    })
    for (const { key, message } of found.damaged) output.note(`damaged  ${key}  ${message}`)
    const { blobs, bytes, damaged } = found
    output.print(
      output.json
        ? JSON.stringify(found)
        : `${blobs} images of ${megabytes(bytes)} read, ${damaged.length} damaged`,
    )
    return damaged.length === 0
  } finally {
    await store.close()
  }
}
