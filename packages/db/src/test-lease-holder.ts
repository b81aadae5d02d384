// A process that holds the leases of jobs and writes for them without a pause, until it is told that it lost each.
//
//   node test-lease-holder.ts DATABASE_URL JOB...
//
// Says `held` to its parent once it has all of them, and at its end which code refused each job's last write.
import { isGraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { openDatabase } from './database.ts'
import { appendEvent } from './job-events.ts'
import { claimJob, type Lease, recordMetrics, recordUsage, renewLease } from './job-lease.ts'
import { publishModel } from './publication.ts'
import { newVersion } from './test-rows.ts'

const [url = '', ...jobs] = process.argv.slice(2)
const { db, close } = openDatabase(url, 8, { transactionSeconds: limit('leaseSeconds') })

const writes: ((lease: Lease) => Promise<unknown>)[] = [
  (lease) => renewLease(db, lease),
  (lease) => recordMetrics(db, lease, { train_loss: Math.random() }),
  (lease) => appendEvent(db, lease.jobId, { level: 'info', type: 'message', message: 'more' }, lease.attempt),
  (lease) => recordUsage(db, lease, { seconds: 1, cpuSeconds: 1, gpuSeconds: 0 }),
  (lease) => publishModel(db, lease, newVersion('probe')),
]

async function hold(lease: Lease): Promise<string> {
  for (let at = 0; ; at += 1) {
    try {
      await writes[at % writes.length]?.(lease)
    } catch (error) {
      if (isGraftError(error)) return error.code
      // Its connection was closed while it slept: it asks again, as a trainer does.
    }
  }
}

const leases: Lease[] = []
for (const job of jobs) {
  const claimed = await claimJob(db, job)
  if (claimed !== undefined) leases.push(claimed.lease)
}
process.send?.('held')
const codes = await Promise.all(leases.map(hold))
await close()
process.send?.(codes, () => process.exit(0))
