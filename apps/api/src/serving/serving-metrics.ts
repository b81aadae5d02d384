// What Prometheus reads of serving: where the time of an image goes, how full batches are, and which models are loaded.
import type { EndpointState } from '@graft/db/endpoints'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Timings } from './ask-model.ts'
import type { ModelState } from './model-cache.ts'

/** Seconds: from a warm model on many cores to a cold one on few. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

export interface ServingMetrics {
  registry: Registry
  /** An image was answered, in a batch of so many. */
  answered(timings: Timings, batch: number): void
  /** So many images were answered by an earlier revision of the endpoint. */
  fellBack(endpoint: Pick<EndpointState, 'project' | 'name'>, images: number): void
  /** A model was asked for that is so in memory: warm and loading ones are hits of the cache. */
  asked(state: ModelState): void
  /** A model was loaded, or was not, in so many milliseconds. */
  loaded(milliseconds: number): void
  /** A model was not loaded. */
  failed(): void
}

export function createServingMetrics(states: () => Iterable<ModelState>): ServingMetrics {
  const registry = new Registry()
  const registers = [registry]
  const phases = new Histogram({
    name: 'graft_prediction_phase_seconds',
    help: 'Time of an image in the queue, decoding and preprocessing, and in the run of its batch',
    labelNames: ['phase'],
    buckets: BUCKETS,
    registers,
  })
  const batches = new Histogram({
    name: 'graft_prediction_batch_images',
    help: 'Images of the batch that an image was run in; its count is that of the images',
    buckets: [1, 2, 4, 8, 16, 32, 64],
    registers,
  })
  const loads = new Histogram({
    name: 'graft_model_load_seconds',
    help: 'Time to load a model; its count is that of the cold starts',
    buckets: BUCKETS,
    registers,
  })
  const requests = new Counter({
    name: 'graft_model_requests_total',
    help: 'Requests for a model, by its state in memory: warm, loading for another request, or cold',
    labelNames: ['state'],
    registers,
  })
  const failures = new Counter({
    name: 'graft_model_load_failures_total',
    help: 'Loads that failed: the store did not answer, or the model is corrupt',
    registers,
  })
  const fallbacks = new Counter({
    name: 'graft_prediction_fallbacks_total',
    help: 'Images answered by an earlier revision of the endpoint, since its model could not be served',
    labelNames: ['project', 'endpoint'],
    registers,
  })
  new Gauge({
    name: 'graft_models_in_memory',
    help: 'Models in memory, by state',
    labelNames: ['state'],
    registers,
    collect() {
      this.reset()
      for (const state of states()) this.inc({ state })
    },
  })
  return {
    registry,
    answered(timings, batch) {
      for (const phase of ['queue', 'decode', 'run'] as const) {
        phases.observe({ phase }, timings[phase] / 1000)
      }
      batches.observe(batch)
    },
    fellBack: ({ project, name: endpoint }, images) => fallbacks.inc({ project, endpoint }, images),
    asked: (state) => requests.inc({ state }),
    failed: () => failures.inc(),
    loaded: (milliseconds) => loads.observe(milliseconds / 1000),
  }
}
