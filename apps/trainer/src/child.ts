// The process of one job: takes the assignment from its parent, trains, reports, exits.
import { once } from 'node:events'
import { isGraftError } from '@graft/core/errors'
import { openStore } from '@graft/store/open-store'
import { type Assignment, type Report, STOP } from './messages.ts'
import { train } from './train.ts'
import { withUsage } from './usage.ts'

// Without its parent nobody holds the lease or hears a report.
process.on('disconnect', () => process.exit(1))

const send = withUsage((report: Report) => process.send?.(report))

// TensorFlow's calls block this loop: the word is heard between two steps, or right behind the assignment.
const stop = new AbortController()
process.on('message', (message) => message === STOP && stop.abort())

const [assignment] = (await once(process, 'message')) as [Assignment]
const store = await openStore(assignment.store)
try {
  await train(assignment, store, send, stop.signal)
} catch (error) {
  // Anything that is no GraftError is a fault of ours: the process dies of it, and its parent tells the trace.
  if (!isGraftError(error)) throw error
  send({ type: 'failed', code: error.code, message: error.message })
}
await store.close()
// The parent closes the channel once it has heard the last word; TensorFlow's threads would keep the process.
process.removeAllListeners('disconnect')
process.on('disconnect', () => process.exit(0))
if (!process.connected) process.exit(0)
