// Compares two versions, or two evaluations, by their reports: what each was measured to do, and where their answers differ.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'
import type { Split } from '@graft/core/wire/datasets'
import type { Comparison } from '@graft/core/wire/registry'
import type { SplitReport } from '@graft/core/wire/report'
import type { ModelVersionRecord } from '@graft/db/models'
import type { ObjectStore } from '@graft/store/object-store'
import { mcnemar } from './mcnemar.ts'
import { readReport } from './read-report.ts'

type Answer = NonNullable<SplitReport['answers']>[number]
interface Pair {
  a: Answer
  b: Answer
}

/** A model, and what was measured of it on a split. */
type Measured = { model: string; labels: string[]; answers: Answer[] } & Pick<
  SplitReport,
  'images' | 'accuracy' | 'loss' | 'confusion'
>

/** @throws GraftError `not_found` where one was not measured on the split, or before reports told each answer */
export async function compareVersions(
  store: ObjectStore,
  [first, second]: readonly [ModelVersionRecord, ModelVersionRecord],
  split: Split,
): Promise<Comparison> {
  const pair = [await readSide(store, first, split), await readSide(store, second, split)] as const
  return compareMeasured(split, pair)
}

export function compareMeasured(split: Split, [a, b]: readonly [Measured, Measured]): Comparison {
  const answered = new Map(b.answers.map((answer) => [answer.sha256, answer]))
  const pairs = a.answers.flatMap((answer): Pair[] => {
    const other = answered.get(answer.sha256)
    return other === undefined ? [] : [{ a: answer, b: other }]
  })
  const count = (aRight: boolean, bRight: boolean) =>
    pairs.filter((pair) => isRight(pair.a) === aRight && isRight(pair.b) === bRight).length
  const [onlyA, onlyB] = [count(true, false), count(false, true)]
  const differing = pairs.filter((pair) => pair.a.predicted !== pair.b.predicted)
  return {
    object: 'model.comparison',
    split,
    a: sideOf(a),
    b: sideOf(b),
    common: {
      images: pairs.length,
      both_right: count(true, true),
      only_a_right: onlyA,
      only_b_right: onlyB,
      both_wrong: count(false, false),
      p_value: mcnemar(onlyA, onlyB),
      disagreements: differing.length,
    },
    disagreements: differing
      .sort((one, other) => surenessOf(other) - surenessOf(one))
      .slice(0, limit('pageSize'))
      .map(({ a: { path, sha256, label, ...answer }, b: other }) => ({
        ...{ path, sha256, label },
        a: { predicted: answer.predicted, confidence: answer.confidence },
        b: { predicted: other.predicted, confidence: other.confidence },
      })),
  }
}

function sideOf({ model, labels, images, accuracy, loss, confusion }: Measured): Comparison['a'] {
  return { model, labels, images, accuracy, loss, confusion }
}

async function readSide(store: ObjectStore, version: ModelVersionRecord, split: Split): Promise<Measured> {
  const reference = `${version.name}@${version.number}`
  const { splits, labels } = await readReport(store, version)
  const { answers, images, accuracy, loss, confusion } = splits[split] ?? {}
  if (images === undefined || accuracy === undefined || loss === undefined || confusion === undefined) {
    const measured = Object.keys(splits).join(', ')
    const message = `${reference} was not measured on ${split}, but on ${measured}: compare on that split.`
    throw new GraftError('not_found', message)
  }
  if (answers === undefined) {
    throw new GraftError('not_found', `The report of ${reference} does not tell the answer for each image.`)
  }
  return { model: reference, labels, answers, images, accuracy, loss, confusion }
}

const isRight = ({ label, predicted }: Answer) => label === predicted
const surenessOf = ({ a, b }: Pair) => a.confidence + b.confidence
