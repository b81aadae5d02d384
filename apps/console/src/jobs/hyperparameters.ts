// The hyper-parameters, with the words and bounds that the platform's OpenAPI document gives.
import { useQuery } from '@tanstack/react-query'

interface NumberSchema {
  type: 'integer' | 'number'
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
}
export type ValueSchema = NumberSchema | { type: 'string'; enum: string[] }
export interface FieldSchema {
  description?: string
  /** Each is "auto" or a value. */
  anyOf: [auto: unknown, value: ValueSchema]
}

export function useHyperparameters() {
  return useQuery({
    queryKey: ['hyperparameters'],
    queryFn: readFields,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

async function readFields(): Promise<[string, FieldSchema][]> {
  const document = await (await fetch('/openapi.json')).json()
  const body = document.paths['/v1/fine_tuning/jobs'].post.requestBody.content['application/json'].schema
  const { properties } = body.properties.hyperparameters as { properties: Record<string, FieldSchema> }
  return Object.entries(properties)
}
