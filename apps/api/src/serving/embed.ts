// An embedding: what the trunk makes of an image before the head judges it.
import type { GraftError } from '@graft/core/errors'
import type { Embedding } from '@graft/core/wire/predictions'
import type { EndpointState } from '@graft/db/endpoints'
import { askEndpoint, type Question } from './ask-model.ts'
import type { Serving } from './serving.ts'

/** @throws as `askEndpoint` */
export async function embed(
  serving: Serving,
  endpoint: EndpointState,
  question: Question,
): Promise<(Embedding | GraftError)[]> {
  const asked = { ...question, outputs: ['features'] as const }
  return await askEndpoint(
    serving,
    endpoint,
    asked,
    ({ row, timings }, model, { fallback }): Embedding => ({
      object: 'embedding',
      endpoint: endpoint.name,
      model: model.reference,
      ...(fallback && { fallback }),
      embedding: Array.from(row.features ?? []),
      timings,
    }),
  )
}
