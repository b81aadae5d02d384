// Counts what an archive expands to, and stops it at the limits: a bomb is cut when it is seen, not when it has burst.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'

const MIB = 1024 ** 2

/** The limits that hold for one archive as a whole; read once, when it is opened. */
export function openBudget() {
  const most = {
    entries: limit('archiveEntries'),
    expanded: limit('archiveExpandedBytes'),
    ratio: limit('archiveRatio'),
  }
  let entries = 0
  let expanded = 0
  return {
    /** @throws GraftError `archive_too_many_entries` */
    countEntries(count: number): void {
      entries += count
      if (entries <= most.entries) return
      throw new GraftError('archive_too_many_entries', `The archive has more than ${most.entries} entries.`)
    },
    /** @throws GraftError `archive_bomb` */
    countBytes(bytes: number): void {
      expanded += bytes
      if (expanded <= most.expanded) return
      throw new GraftError('archive_bomb', `The archive expands to more than ${most.expanded} bytes.`)
    },
    /** Holds for one compressed stream. @throws GraftError `archive_bomb` */
    checkRatio(bytes: number, compressed: number): void {
      if (bytes <= MIB || bytes <= most.ratio * compressed) return
      throw new GraftError('archive_bomb', `A part of the archive expands more than ${most.ratio} times.`)
    },
  }
}

export type ArchiveBudget = ReturnType<typeof openBudget>
