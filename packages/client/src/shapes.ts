// Names for what the platform answers, taken from the types of its OpenAPI document.
import type { paths } from './api-types.ts'

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : never
type Answer<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  responses: { 200: infer R }
}
  ? Json<R>
  : never

export type OwnKey = Answer<'/v1/keys/self', 'get'>
export type ApiKey = Answer<'/v1/keys', 'get'>['data'][number]
export type Webhook = Answer<'/v1/webhooks/{id}', 'get'>
export type WebhookDelivery = Answer<'/v1/webhooks/{id}/deliveries', 'get'>['data'][number]
export type Dataset = Answer<'/v1/datasets/{name}', 'get'>
export type DatasetFile = Answer<'/v1/datasets/{name}/versions/{version}/files', 'get'>['data'][number]
export type DatasetVersion = Answer<'/v1/datasets/{name}/versions/{version}', 'get'>
export type VersionEdit =
  paths['/v1/datasets/{name}/versions/{version}/edits']['post']['requestBody']['content']['application/json']['edits'][number]
export type Job = Answer<'/v1/fine_tuning/jobs/{id}', 'get'>
export type JobEvent = Answer<'/v1/fine_tuning/jobs/{id}/events', 'get'>['data'][number]
export type JobProgress = NonNullable<Job['progress']>
export type NewJob = paths['/v1/fine_tuning/jobs']['post']['requestBody']['content']['application/json']
/** What a job would take: the answer to `dry_run=true`. */
export type DryRun = Answer<'/v1/fine_tuning/jobs', 'post'>
export type Sweep = Answer<'/v1/fine_tuning/sweeps/{id}', 'get'>
export type NewSweep = paths['/v1/fine_tuning/sweeps']['post']['requestBody']['content']['application/json']
export type Model = Answer<'/v1/models', 'get'>['data'][number]
export type ModelVersion = Model['latest']
export type Report = Extract<Answer<'/v1/models/{reference}/report', 'get'>, { object: 'model.report' }>
export type Comparison = Answer<'/v1/models/{reference}/compare/{other}', 'get'>
export type Endpoint = Answer<'/v1/endpoints/{name}', 'get'>
export type EndpointRevision = Answer<'/v1/endpoints/{name}/revisions', 'get'>['data'][number]
export type Batch = Answer<'/v1/batches/{id}', 'get'>
export type Canary = Answer<'/v1/endpoints/{name}/canary', 'get'>
export type Drift = Answer<'/v1/endpoints/{name}/drift', 'get'>
export type CaptureRecord = Answer<'/v1/endpoints/{name}/captures', 'get'>['data'][number]
/** The answer to one image. */
export type Prediction = Extract<Answer<'/v1/endpoints/{name}/predict', 'post'>, { object: 'prediction' }>
