// The audit log: who asked for which change, and what came of it.
import type { Project } from '@graft/core/names'
import type { auditEntrySchema } from '@graft/core/wire/keys'
import type { Executor } from '@graft/db/database'
import { auditLog } from '@graft/db/schema'
import { and, desc, eq, lt } from 'drizzle-orm'
import type { z } from 'zod'

/** In the transaction of the change, where it has one: nothing is changed without its entry. */
export async function recordWrite(executor: Executor, entry: typeof auditLog.$inferInsert): Promise<void> {
  await executor.insert(auditLog).values(entry)
}

/** The newest first. */
export async function listAudit(
  executor: Executor,
  project: Project,
  { key, resource }: { key?: string | undefined; resource?: string | undefined },
  after: number | undefined,
  count: number,
): Promise<z.output<typeof auditEntrySchema>[]> {
  const rows = await executor
    .select()
    .from(auditLog)
    .where(
      and(
        eq(auditLog.project, project),
        after === undefined ? undefined : lt(auditLog.number, after),
        key === undefined ? undefined : eq(auditLog.keyId, key),
        resource === undefined ? undefined : eq(auditLog.resource, resource),
      ),
    )
    .orderBy(desc(auditLog.number))
    .limit(count)
  return rows.map(({ number, at, keyId, keyName, requestId, ...entry }) => {
    const { method, route, path, resource, status } = entry
    return {
      id: String(number),
      object: 'audit.entry',
      at: at.toISOString(),
      key: { id: keyId, name: keyName },
      method,
      route,
      path,
      resource,
      status,
      request_id: requestId,
    }
  })
}
