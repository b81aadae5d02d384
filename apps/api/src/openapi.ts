// The pieces that routes describe themselves with; the OpenAPI document is made of them.
import { problemSchema } from '@graft/core/wire/common'
import { z } from '@hono/zod-openapi'
import { PROBLEM_TYPE } from './problem.ts'

/** @example responses: { 200: json(jobSchema, 'The job.'), default: problem } */
export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** A JSON body that must be there. */
export function jsonBody<T extends z.ZodType>(schema: T) {
  return { required: true, content: { 'application/json': { schema } } }
}

/** Every error of every route. Made here: a schema from before `openapi` was added to zod cannot be named. */
export const problem = {
  description: 'Any error: its stable `code` says which.',
  content: {
    [PROBLEM_TYPE as 'application/problem+json']: {
      schema: z.object(problemSchema.shape).openapi('Problem'),
    },
  },
}
