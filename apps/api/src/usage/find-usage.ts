// Reads what was counted, by day and key.
import type { Project } from '@graft/core/names'
import type { usageDaySchema } from '@graft/core/wire/keys'
import type { Executor } from '@graft/db/database'
import { usageDays } from '@graft/db/schema'
import { and, asc, desc, eq, gt, gte, lt, lte, or } from 'drizzle-orm'
import { z } from 'zod'

type UsageDay = z.output<typeof usageDaySchema>

export interface UsageFilter {
  from?: string | undefined
  to?: string | undefined
  key?: string | undefined
}

/** Where a page ends: `2026-11-25/key_01kb`. */
export function placeOf({ day, key }: UsageDay): string {
  return `${day}/${key}`
}

export function isPlace(text: string): boolean {
  const [day, key] = text.split('/', 2)
  return key !== undefined && z.iso.date().safeParse(day).success
}

/** The newest day first. */
export async function listUsage(
  executor: Executor,
  project: Project,
  { from, to, key }: UsageFilter,
  after: string | undefined,
  count: number,
): Promise<UsageDay[]> {
  const [day = '', id = ''] = after?.split('/', 2) ?? []
  const rows = await executor
    .select()
    .from(usageDays)
    .where(
      and(
        eq(usageDays.project, project),
        from === undefined ? undefined : gte(usageDays.day, from),
        to === undefined ? undefined : lte(usageDays.day, to),
        key === undefined ? undefined : eq(usageDays.keyId, key),
        after === undefined
          ? undefined
          : or(lt(usageDays.day, day), and(eq(usageDays.day, day), gt(usageDays.keyId, id))),
      ),
    )
    .orderBy(desc(usageDays.day), asc(usageDays.keyId))
    .limit(count)
  return rows.map(({ keyId, project: _, ...counts }) => ({ object: 'usage.day', key: keyId, ...counts }))
}
