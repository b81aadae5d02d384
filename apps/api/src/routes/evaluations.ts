// Evaluations: a model version measured on any data set version, and two of them compared image by image.
import { GraftError } from '@graft/core/errors'
import { pageOf } from '@graft/core/wire/common'
import { createEvaluationSchema, evaluationSchema } from '@graft/core/wire/evaluations'
import { comparisonSchema } from '@graft/core/wire/registry'
import { evaluationReportSchema } from '@graft/core/wire/report'
import { cancelEvaluation, listEvaluations } from '@graft/db/evaluations'
import { createRoute, z } from '@hono/zod-openapi'
import { requires } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import {
  createEvaluation,
  readEvaluation,
  requireEvaluation,
  toEvaluation,
} from '../evaluations/create-evaluation.ts'
import { compareMeasured } from '../models/compare-versions.ts'
import { findVersion } from '../models/find-models.ts'
import { json, jsonBody, problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'

const tags = ['evaluations']
const middleware = requires('train')
const idParams = z.object({ id: z.string() })
const referenceParams = z.object({
  reference: z.string().openapi({ description: '`name`, `name@3` or `name@champion`' }),
})

const create = createRoute({
  method: 'post',
  path: '/v1/models/{reference}/evaluations',
  tags,
  summary: 'Measure a model version on a data set version',
  description:
    'A trainer does it, beside the job that it may have. A data set with labels that the model does not know is refused.',
  middleware,
  request: { params: referenceParams, body: jsonBody(createEvaluationSchema) },
  responses: { 202: json(evaluationSchema, 'The evaluation, waiting for a trainer.'), default: problem },
})

const list = createRoute({
  method: 'get',
  path: '/v1/models/{reference}/evaluations',
  tags,
  summary: 'List the evaluations of a model version, the newest first',
  middleware,
  request: { params: referenceParams, query: pageQuerySchema },
  responses: { 200: json(pageOf(evaluationSchema), 'A page of evaluations.'), default: problem },
})

const read = createRoute({
  method: 'get',
  path: '/v1/evaluations/{id}',
  tags,
  summary: 'Read an evaluation: its state, progress and metrics',
  middleware,
  request: { params: idParams },
  responses: { 200: json(evaluationSchema, 'The evaluation.'), default: problem },
})

const cancel = createRoute({
  method: 'post',
  path: '/v1/evaluations/{id}/cancel',
  tags,
  summary: 'Cancel an evaluation',
  middleware,
  request: { params: idParams },
  responses: { 200: json(evaluationSchema, 'The evaluation, cancelled.'), default: problem },
})

const report = createRoute({
  method: 'get',
  path: '/v1/evaluations/{id}/report',
  tags,
  summary: "Read an evaluation's report: confusion, rates by label, calibration, the answer for each image",
  middleware,
  request: { params: idParams },
  responses: { 200: json(evaluationReportSchema, 'The report.'), default: problem },
})

const compare = createRoute({
  method: 'get',
  path: '/v1/evaluations/{id}/compare/{other}',
  tags,
  summary: 'Compare two evaluations on the images that both have seen',
  description: 'As two versions are compared; of two splits the comparison names the first.',
  middleware,
  request: { params: z.object({ id: z.string(), other: z.string() }) },
  responses: { 200: json(comparisonSchema, 'The comparison.'), default: problem },
})

export function registerEvaluations(app: Api, { db, store }: Context): void {
  app.openapi(create, async (c) => {
    const { reference } = c.req.valid('param')
    return c.json(await createEvaluation(db, c.var.key, reference, c.req.valid('json')), 202)
  })

  app.openapi(list, async (c) => {
    const { name, number } = await findVersion(db, c.var.key.project, c.req.valid('param').reference)
    const page = await readPage(
      c.req.valid('query'),
      (after, count) => listEvaluations(db, c.var.key.project, `${name}@${number}`, after, count),
      ({ id }) => id,
    )
    return c.json({ ...page, data: page.data.map(toEvaluation) }, 200)
  })

  app.openapi(read, async (c) =>
    c.json(toEvaluation(await requireEvaluation(db, c.var.key.project, c.req.valid('param').id)), 200),
  )

  app.openapi(cancel, async (c) => {
    const { id } = c.req.valid('param')
    const isCancelled = await cancelEvaluation(db, c.var.key.project, id)
    const row = await requireEvaluation(db, c.var.key.project, id)
    if (isCancelled) return c.json(toEvaluation(row), 200)
    throw new GraftError('state_conflict', `The evaluation ${id} has ${row.state}.`)
  })

  app.openapi(report, async (c) =>
    c.json(await readEvaluation(db, c.var.key.project, store, c.req.valid('param').id), 200),
  )

  app.openapi(compare, async (c) => {
    const { id, other } = c.req.valid('param')
    const [a, b] = [
      await readEvaluation(db, c.var.key.project, store, id),
      await readEvaluation(db, c.var.key.project, store, other),
    ]
    return c.json(compareMeasured(a.split, [a, b]), 200)
  })
}
