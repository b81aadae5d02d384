// What Prometheus reads: requests as they are answered, the queues as they stand, serving, and the process.
import { endsOf, JOB_STATES } from '@graft/core/states'
import type { Database } from '@graft/db/database'
import type { Queue } from '@graft/db/queue'
import { jobs, webhookDeliveries } from '@graft/db/schema'
import { count, eq, notInArray } from 'drizzle-orm'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Seconds: from an answer out of memory to the upload of a large archive. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600]

export interface Metrics {
  observe(request: { method: string; route: string; status: number; seconds: number }): void
  /** Prometheus's text format. */
  render(): Promise<string>
  contentType: string
}

/** @param serving what serving counts itself */
export function createMetrics(db: Database, queue: Queue, serving: Registry): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'graft_http_request_duration_seconds',
    help: 'Time to answer a request; its count is that of the requests',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers,
  })
  new Gauge({
    name: 'graft_queue_messages',
    help: 'Messages that wait in a queue or are in work',
    labelNames: ['queue', 'state'],
    registers,
    async collect() {
      this.reset()
      for (const { queue: name, state, messages } of await queue.depths()) {
        this.set({ queue: name, state }, messages)
      }
    },
  })
  new Gauge({
    name: 'graft_jobs',
    help: 'Fine-tuning jobs that have not ended, by state',
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset()
      const rows = await db
        .select({ state: jobs.state, jobs: count() })
        .from(jobs)
        .where(notInArray(jobs.state, endsOf(JOB_STATES)))
        .groupBy(jobs.state)
      for (const row of rows) this.set({ state: row.state }, row.jobs)
    },
  })
  new Gauge({
    name: 'graft_webhook_deliveries_pending',
    help: 'Events that a webhook has not taken yet',
    registers,
    async collect() {
      this.set(await db.$count(webhookDeliveries, eq(webhookDeliveries.state, 'pending')))
    },
  })
  return {
    observe: ({ seconds, status, ...labels }) => requests.observe({ ...labels, status }, seconds),
    render: () => Registry.merge([registry, serving]).metrics(),
    contentType: registry.contentType,
  }
}
