// Names for what the platform answers, taken from the types of its OpenAPI document.
import type { paths } from './api-types.ts'

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : never
type Answer<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  responses: { 200: infer R }
}
  ? Json<R>
  : never

export type DatasetVersion = Answer<'/v1/datasets/{name}/versions/{version}', 'get'>
export type Job = Answer<'/v1/fine_tuning/jobs/{id}', 'get'>
export type JobEvent = Answer<'/v1/fine_tuning/jobs/{id}/events', 'get'>['data'][number]
export type JobProgress = NonNullable<Job['progress']>
export type NewJob = paths['/v1/fine_tuning/jobs']['post']['requestBody']['content']['application/json']
export type Model = Answer<'/v1/models', 'get'>['data'][number]
export type ModelVersion = Model['latest']
export type Endpoint = Answer<'/v1/endpoints/{name}', 'get'>
/** The answer to one image. */
export type Prediction = Extract<Answer<'/v1/endpoints/{name}/predict', 'post'>, { object: 'prediction' }>
