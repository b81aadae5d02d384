// What holds for every request that brings images: who is let in, until when the answer is wanted, and what is read.
import { GraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import type { EndpointState } from '@graft/db/endpoints'
import { z } from '@hono/zod-openapi'
import { noEndpoint } from '../endpoints/find-endpoint.ts'
import type { Visit } from './admission.ts'
import type { Question } from './ask-model.ts'
import { readImages } from './read-images.ts'
import type { Serving } from './serving.ts'

/** The headers of such a request. */
export const takenHeadersSchema = z.object({
  'x-deadline-ms': z.coerce
    .number()
    .int()
    .min(1)
    .max(24 * 3600_000)
    .optional()
    .openapi({
      description:
        'Milliseconds in which the answer is wanted. It is refused at once where the wait would be longer, and not ' +
        'worked on once they have passed.',
    }),
  'x-routing-key': z.string().max(255).optional().openapi({
    description:
      'Of several versions, requests with the same key meet the same one. Also as `?routing_key=`.',
  }),
})
export type TakenHeaders = z.output<typeof takenHeadersSchema>

export interface Taken {
  endpoint: EndpointState
  visit: Visit
  signal: AbortSignal
  routingKey: string | undefined
}

/**
 * Work that is let in; its place is given back when it ends. Nothing of a body is read for who is refused. Past the
 * deadline the caller is told so at once, and what it has asked for goes on only where it runs already.
 *
 * @throws GraftError `not_found`, `overloaded`, `deadline_exceeded`, `request_abandoned`, and what the work throws
 */
export async function takeRequest<T>(
  { admission, endpoints }: Serving,
  project: Project,
  name: string,
  request: Request,
  { 'x-deadline-ms': deadline, 'x-routing-key': routingKey }: TakenHeaders,
  work: (taken: Taken) => Promise<T>,
): Promise<T> {
  const visit = admission.enter(deadline)
  const late = deadline === undefined ? undefined : AbortSignal.timeout(deadline)
  try {
    const endpoint = await endpoints.find(project, name)
    if (endpoint === undefined) {
      throw noEndpoint(name)
    }
    const signal = late ? AbortSignal.any([late, request.signal]) : request.signal
    const working = work({ endpoint, visit, signal, routingKey })
    return await (late ? Promise.race([working, reasonOf(late)]) : working)
  } catch (error) {
    if (late?.aborted) throw new GraftError('deadline_exceeded', `Not ready in ${deadline} ms.`)
    if (request.signal.aborted) throw new GraftError('request_abandoned')
    throw error
  } finally {
    visit.leave()
  }
}

/** Rejects when the signal aborts, with its reason. */
function reasonOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason))
  })
}

/** Reads the request's images and answers them. @throws as `takeRequest`, `readImages` and the answer */
export async function answerImages<T>(
  serving: Serving,
  project: Project,
  name: string,
  request: Request,
  headers: TakenHeaders,
  answer: (endpoint: EndpointState, question: Question) => Promise<(T | GraftError)[]>,
): Promise<{ single: boolean; answers: (T | GraftError)[] }> {
  return await takeRequest(serving, project, name, request, headers, async ({ endpoint, ...taken }) => {
    const { images, single } = await readImages(request, taken.visit.hold)
    taken.visit.join(images.length)
    return { single, answers: await answer(endpoint, { ...taken, images }) }
  })
}
