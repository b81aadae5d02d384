// Where a job stands: in the queue while it waits, in its work while it runs.
import type { Job } from '@graft/client/shapes'
import { duration } from '../figures.ts'

/** @example placeOf(job) // 'number 2, in about 3 min 20 s', or 'training, epoch 2 of 6' */
export function placeOf({ queue, progress, status }: Pick<Job, 'queue' | 'progress' | 'status'>): string {
  if (queue !== null) {
    const wait = queue.expected_wait_seconds
    return `number ${queue.position}${wait === null || wait === 0 ? '' : `, in about ${duration(wait)}`}`
  }
  if (status !== 'running' || progress === null) return ''
  const { phase, epoch, epochs } = progress
  return phase === 'training' && epochs > 0 ? `${phase}, epoch ${epoch} of ${epochs}` : phase
}
