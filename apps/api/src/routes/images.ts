// What the routes that take images have in common: their bodies, how they are routed, and an answer for each image.
import { type GraftError, isGraftError } from '@graft/core/errors'
import { type Problem, problemSchema } from '@graft/core/wire/common'
import { z } from '@hono/zod-openapi'
import { json } from '../openapi.ts'
import { toProblem } from '../problem.ts'
import { imagesJsonSchema } from '../serving/read-images.ts'
import type { TakenHeaders } from '../serving/take-request.ts'

const binary = { schema: { type: 'string', format: 'binary' } } as const

export const imagesBody = {
  required: true,
  content: {
    'image/*': binary,
    'application/octet-stream': binary,
    'multipart/form-data': { schema: { type: 'object', additionalProperties: binary.schema } },
    'application/json': { schema: z.toJSONSchema(imagesJsonSchema) as object },
  },
} as const

export const routingQuerySchema = z.object({
  routing_key: z.string().max(255).optional().openapi({ description: 'As the header X-Routing-Key.' }),
})

export function withRouting(
  headers: TakenHeaders,
  { routing_key: key }: z.output<typeof routingQuerySchema>,
): TakenHeaders {
  return { ...headers, 'x-routing-key': headers['x-routing-key'] ?? key }
}

export function manyOrOne<T extends z.ZodType>(answer: T) {
  return json(z.union([answer, z.object({ data: z.array(z.union([answer, problemSchema])) })]), 'The answer.')
}

/** The answer to the one image, or a list with an answer or a problem for each. @throws GraftError of the one image */
export function toAnswer<T>(
  single: boolean,
  answers: readonly (T | GraftError)[],
): T | { data: (T | Problem)[] } {
  const [first] = answers
  if (single && first !== undefined) {
    if (isGraftError(first)) throw first
    return first
  }
  return { data: answers.map((answer) => (isGraftError(answer) ? toProblem(answer) : answer)) }
}
