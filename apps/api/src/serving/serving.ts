// All of prediction that lives as long as the process: endpoints, models and threads, and how much work is let in.
import { availableParallelism } from 'node:os'
import { GraftError, isGraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import { parseReference } from '@graft/core/names'
import type { Database } from '@graft/db/database'
import { statesBefore, trafficAt } from '@graft/db/endpoints'
import { type ModelVersionRow, resolveVersion } from '@graft/db/models'
import type { ObjectStore } from '@graft/store/object-store'
import type { Logger } from 'pino'
import { type AnswerMeter, openAnswerMeter } from '../endpoints/answer-meter.ts'
import { type CanaryMeter, createCanaryMeter } from '../endpoints/canary-meter.ts'
import { type CaptureQueue, openCaptureQueue } from '../endpoints/capture-queue.ts'
import { type Admission, createAdmission } from './admission.ts'
import { createEndpointCache, type EndpointCache } from './endpoint-cache.ts'
import { noteFault } from './endpoint-status.ts'
import { createGate } from './gate.ts'
import { createHistory, type History } from './history.ts'
import { loadModel, openInferenceThreads } from './load-model.ts'
import { createModelCache, type ModelCache } from './model-cache.ts'
import { createPreparer, type Preparer } from './preparer.ts'
import { createServingMetrics, type ServingMetrics } from './serving-metrics.ts'
import { openShadowMeter, type ShadowMeter } from './shadow-meter.ts'

export interface Serving {
  log: Logger
  metrics: ServingMetrics
  admission: Admission
  endpoints: EndpointCache
  history: History
  models: ModelCache
  preparer: Preparer
  shadows: ShadowMeter
  captures: CaptureQueue
  answers: AnswerMeter
  canaries: CanaryMeter
  /** Waits for the requests in work, and gives all memory back. */
  close(): Promise<void>
}

interface Parts {
  db: Database
  store: ObjectStore
  log: Logger
}

export function openServing({ db, store, log }: Parts): Serving {
  const shadows = openShadowMeter(db, log)
  const preparer = createPreparer()
  const width = Math.min(limit('networkCopies'), availableParallelism())
  const turn = createGate(width)
  const threads = openInferenceThreads()
  const cache = createModelCache(async (project, reference) => {
    const version = await resolveVersion(db, project, parseReference(reference, 'model'))
    if (version === undefined) throw new GraftError('not_found', `There is no model ${reference}.`)
    const begun = performance.now()
    try {
      const model = await loadModel({ store, preparer, threads, turn, width, log }, reference, version)
      const { declined } = model
      if (declined)
        log.warn({ err: declined, project, model: reference }, 'float32 answers instead of eight bits')
      if (version.fault !== null) await note(version, null)
      return model
    } catch (err) {
      metrics.failed()
      log.error({ err, project, model: reference }, 'a model is not served')
      if (isGraftError(err, 'model_corrupt')) await note(version, err.message)
      throw err
    } finally {
      metrics.loaded(performance.now() - begun)
    }
  })
  const models: ModelCache = {
    ...cache,
    use(project, reference, idleSeconds, task) {
      metrics.asked(cache.stateOf(project, reference))
      return cache.use(project, reference, idleSeconds, task)
    },
  }
  /** What is not noted is told by the log, and by each answer. */
  const note = (version: ModelVersionRow, message: string | null) =>
    noteFault(db, version, message).catch((err: Error) => log.warn({ err }, 'a fault is not noted'))
  const metrics = createServingMetrics(() => models.states())
  const canaries = createCanaryMeter(db)
  const answers = openAnswerMeter(db, log)
  const captures = openCaptureQueue({ db, store, log, registry: metrics.registry })
  return {
    log,
    metrics,
    admission: createAdmission(),
    endpoints: createEndpointCache((project, name) => trafficAt(db, project, name)),
    history: createHistory((project, name, revision, count) =>
      statesBefore(db, project, name, revision, count),
    ),
    models,
    preparer,
    shadows,
    captures,
    answers,
    canaries,
    async close() {
      await models.close()
      await preparer.close()
      await threads.close()
      await captures.close()
      await answers.close()
      await canaries.flush()
      await shadows.close()
    },
  }
}
