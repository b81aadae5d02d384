// `graft evaluate`: measures model versions on a data set version, and compares two of them on its images.
import { GraftError } from '@graft/core/errors'
import type { Split } from '@graft/core/wire/datasets'
import type { Evaluation } from '@graft/core/wire/evaluations'
import type { Comparison } from '@graft/core/wire/registry'
import type { EvaluationReport } from '@graft/core/wire/report'
import { awaitEnd } from '../await-end.ts'
import type { Client } from '../client.ts'
import { type Output, percent, table } from '../terminal.ts'
import { printComparison } from './compare.ts'

export interface EvaluateOptions {
  /** `name@version` */
  dataset: string
  split: Split
}

/** @throws GraftError `state_conflict` when one fails or is cancelled, and what the platform refuses */
export async function evaluate(
  client: Client,
  [model, other]: readonly [string, string | undefined],
  options: EvaluateOptions,
  output: Output,
): Promise<void> {
  const first = await measure(client, model, options, output)
  if (other === undefined) {
    const report = await client.get<EvaluationReport>(`/v1/evaluations/${first.id}/report`)
    if (output.json) return output.print(JSON.stringify(report))
    return printReport(report, output)
  }
  const second = await measure(client, other, options, output)
  const comparison = await client.get<Comparison>(`/v1/evaluations/${first.id}/compare/${second.id}`)
  printComparison(comparison, output)
}

async function measure(
  client: Client,
  model: string,
  options: EvaluateOptions,
  output: Output,
): Promise<Evaluation> {
  const path = `/v1/models/${encodeURIComponent(model)}/evaluations`
  const begun = await client.send<Evaluation>('POST', path, options)
  output.note(`${begun.id}: ${begun.model} on ${begun.dataset}, ${begun.split}`)
  const evaluation = await awaitEnd(client, begun, `/v1/evaluations/${begun.id}`, ({ status, progress }) =>
    output.progress(`${status}  ${progress.done} of ${progress.images} images`),
  )
  if (evaluation.status === 'succeeded') return evaluation
  const message = evaluation.error?.message ?? `The evaluation was ${evaluation.status}.`
  throw new GraftError('state_conflict', message)
}

function printReport(report: EvaluationReport, output: Output): void {
  const { model, dataset, split, images, accuracy, loss, classes } = report
  const of = `${images} ${split} images of ${dataset}`
  output.print(`${model} on ${of}: accuracy ${percent(accuracy)}, loss ${loss.toFixed(3)}`)
  const share = (rate: number | null) => percent(rate ?? undefined)
  const rows = classes.map(({ label, precision, recall, f1, support }) => {
    return [label, share(precision), share(recall), share(f1), support]
  })
  for (const line of table([['label', 'precision', 'recall', 'F1', 'images'], ...rows])) output.print(line)
}
