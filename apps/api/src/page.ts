// Cursor pages: a list is read page by page, each after the last id of the one before.
import { limit } from '@graft/core/limits'
import type { Page } from '@graft/core/wire/common'
import { z } from '@hono/zod-openapi'

export const pageQuerySchema = z.object({
  after: z.string().max(200).optional().openapi({ description: '`last_id` of the page before.' }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional()
    .openapi({ description: 'Rows of the page; more than the server allows is taken as that.' }),
})

/**
 * Asks for one row more than the page has: it tells whether there is a next page, and costs no count.
 *
 * @example await readPage(c.req.valid('query'), (after, count) => listJobs(db, after, count), (job) => job.id)
 */
export async function readPage<T>(
  query: z.output<typeof pageQuerySchema>,
  read: (after: string | undefined, count: number) => Promise<T[]>,
  idOf: (row: T) => string,
): Promise<Page<T>> {
  const most = limit('pageSize')
  const count = Math.min(query.limit ?? most, most)
  const rows = await read(query.after, count + 1)
  const data = rows.slice(0, count)
  const last = data.at(-1)
  return {
    object: 'list',
    data,
    has_more: rows.length > count,
    last_id: last === undefined ? null : idOf(last),
  }
}
