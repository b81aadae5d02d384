// What every answer over HTTP has in common: problems and pages.
import { z } from 'zod'
import { ERRORS } from '../errors.ts'

/** For `z.enum`. */
export const keysOf = <T extends string>(record: Record<T, unknown>) => Object.keys(record) as [T, ...T[]]
export const time = z.iso.datetime({ offset: true })

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(keysOf(ERRORS)),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
})
export type Problem = z.infer<typeof problemSchema>

/** A cursor page: ask for the next with `?after=last_id`. */
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({
    object: z.literal('list'),
    data: z.array(row),
    has_more: z.boolean(),
    last_id: z.string().nullable(),
  })
export interface Page<T> {
  object: 'list'
  data: T[]
  has_more: boolean
  last_id: string | null
}
