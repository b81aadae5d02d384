// The process of one dry run: takes the assignment from its parent, measures, answers, exits.
import { once } from 'node:events'
import { isGraftError } from '@graft/core/errors'
import { openStore } from '@graft/store/open-store'
import { measureJob } from './dry-run.ts'
import type { Assignment } from './messages.ts'

process.on('disconnect', () => process.exit(0))

const [assignment] = (await once(process, 'message')) as [Assignment]
const store = await openStore(assignment.store)
try {
  process.send?.(await measureJob(assignment, store))
} catch (error) {
  if (!isGraftError(error)) throw error
  process.send?.({ code: error.code, message: error.message })
}
