// Compares what an endpoint has answered with what its models answered for the images of their test splits.

import { GraftError, isGraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import type { Drift } from '@graft/core/wire/drift'
import type { Report, SplitReport } from '@graft/core/wire/report'
import type { Context } from '../context.ts'
import { findVersion } from '../models/find-models.ts'
import { readReport } from '../models/read-report.ts'
import { type AnswerTotal, hourOf } from './answer-meter.ts'
import { findEndpoint } from './find-endpoint.ts'
import { stabilityOf } from './stability-index.ts'

type Answers = NonNullable<SplitReport['answers']>
type ModelDrift = Drift['models'][number]

/** One entry for each version that has answered since then. @throws GraftError `not_found` */
export async function readDrift(
  context: Pick<Context, 'db' | 'store' | 'serving'>,
  project: Project,
  name: string,
  since: Date,
): Promise<Drift> {
  const { id } = await findEndpoint(context.db, project, name)
  const rows = await context.serving.answers.read(id, since)
  const models: ModelDrift[] = []
  for (const [model, counts] of Map.groupBy(rows, (row) => row.model)) {
    models.push(driftOf(model, counts, await findReference(context, project, model)))
  }
  return { object: 'endpoint.drift', endpoint: name, since: hourOf(since).toISOString(), models }
}

interface Reference {
  split: 'test' | 'validation'
  answers: Answers
  labels: string[]
}

/** Undefined where the version is gone, or its report is none or from before reports told each answer. */
async function findReference(
  { db, store }: Pick<Context, 'db' | 'store'>,
  project: Project,
  model: string,
): Promise<Reference | undefined> {
  let report: Report
  try {
    report = await readReport(store, await findVersion(db, project, model))
  } catch (error) {
    if (isGraftError(error, 'not_found')) return undefined
    throw error
  }
  for (const split of ['test', 'validation'] as const) {
    const answers = report.splits[split]?.answers
    if (answers && answers.length > 0) return { split, answers, labels: report.labels }
  }
  return undefined
}

const BINS = Array.from({ length: 10 }, (_, bin) => bin)

function driftOf(model: string, counts: readonly AnswerTotal[], known: Reference | undefined): ModelDrift {
  const total = (rows: readonly AnswerTotal[]) => rows.reduce((sum, { count }) => sum + count, 0)
  const binOf = (confidence: number) => Math.min(9, Math.floor(confidence * 10))
  const labels = [...new Set([...(known?.labels ?? []), ...counts.map(({ label }) => label)])]
  const answers = known?.answers
  const bins = BINS.map((bin) => ({
    from: bin / 10,
    to: (bin + 1) / 10,
    served: total(counts.filter((row) => row.bin === bin)),
    reference: answers ? answers.filter(({ confidence }) => binOf(confidence) === bin).length : null,
  }))
  const served = Map.groupBy(counts, ({ label }) => label)
  const measured = Map.groupBy(answers ?? [], ({ predicted }) => predicted)
  const byLabel = labels.map((label) => ({
    label,
    served: total(served.get(label) ?? []),
    reference: answers ? (measured.get(label) ?? []).length : null,
  }))
  return {
    model,
    predictions: total(counts),
    reference: known ? { split: known.split, images: known.answers.length } : null,
    confidence: { ...compare(bins), bins },
    labels: { ...compare(byLabel), counts: byLabel },
  }
}

function compare(rows: readonly { served: number; reference: number | null }[]) {
  const reference = rows.flatMap((row) => row.reference ?? [])
  if (reference.length < rows.length) return { psi: null, threshold: null, status: null }
  return stabilityOf(
    rows.map(({ served }) => served),
    reference,
  )
}

/** @throws GraftError `invalid_request` for a time that has not come */
export function readSince(text: string | undefined): Date {
  const now = Date.now()
  const since = text === undefined ? now - 24 * 3600_000 : Date.parse(text)
  if (since <= now) return new Date(since)
  throw new GraftError('invalid_request', `since=${text} lies in the future.`)
}
