// The process of one job: takes the assignment from its parent, trains, reports, exits.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { isGraftError } from '@graft/core/errors'
import { openStore } from '@graft/store/open-store'
import { type Assignment, RECORDED, type Report, STOP } from './messages.ts'
import { train } from './train.ts'
import { deleteTrainingState } from './training-state.ts'
import { withUsage } from './usage.ts'

/** For the objects that the training has saved to go on from (ms). */
const DELETING = 10_000

// Without its parent nobody holds the lease or hears a report.
process.on('disconnect', () => process.exit(1))

const send = withUsage((report: Report) => process.send?.(report))

// TensorFlow's calls block this loop: the word is heard between two steps, or right behind the assignment.
const stop = new AbortController()
process.on('message', (message) => message === STOP && stop.abort())

const [assignment] = (await once(process, 'message')) as [Assignment]
const store = await openStore(assignment.store)
let done = false
try {
  await train(assignment, store, send, stop.signal)
  done = true
} catch (error) {
  // Anything that is no GraftError is a fault of ours: the process dies of it, and its parent tells the trace.
  if (!isGraftError(error)) throw error
  send({ type: 'failed', code: error.code, message: error.message })
}
// TensorFlow's threads would keep the process. One that is left by its parent may be trained again, and deletes nothing.
process.removeAllListeners('disconnect')
const recorded = await new Promise<boolean>((resolve) => {
  process.on('message', (message) => message === RECORDED && resolve(true))
  process.on('disconnect', () => resolve(false))
  if (!process.connected) resolve(false)
})
// What a slow store keeps is collected later.
if (recorded && done) await Promise.race([deleteTrainingState(store, assignment.jobId), sleep(DELETING)])
process.exit(0)
