// A process that takes a job and publishes its model, as a trainer does: to be killed at it.
//
//   node test-publisher.ts DATABASE_URL JOB
import { openDatabase } from './database.ts'
import { claimJob } from './job-lease.ts'
import { publishModel } from './publication.ts'
import { newVersion } from './test-rows.ts'

const [url = '', job = ''] = process.argv.slice(2)
const { db, close } = openDatabase(url, 2)
const claimed = await claimJob(db, job)
if (claimed !== undefined) await publishModel(db, claimed.lease, newVersion())
await close()
