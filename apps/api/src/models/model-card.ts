// A model version's card as Markdown: what it is, what it was made of, how well it does, and where it does not.
// Headings after Mitchell et al., Model Cards for Model Reporting, arXiv 1810.03993.

import type { ModelVersion } from '@graft/core/wire/models'
import type { Report, SplitReport } from '@graft/core/wire/report'
import { percent } from './percent.ts'

/** Test images of a label below which its rates say little. */
const FEW = 20
/** Labels that the card names as the weakest. */
const WEAKEST = 3

/** @param report undefined for a version from before there were reports */
export function renderCard(version: ModelVersion, report: Report | undefined): string {
  const { lineage, preprocessing } = version
  const [name, split] = measuredOn(report)
  return [
    `# ${version.model}@${version.version}`,
    `A ${version.architecture} that sorts images into ${version.labels.length} labels: ${version.labels.map(text).join(', ')}.`,
    section('Origin', [
      ...originOf(lineage),
      ['stage', version.stage],
      ['made', version.created_at],
      ['aliases', version.aliases.join(', ') || '-'],
      ['tags', version.tags.join(', ') || '-'],
    ]),
    section('Input', [
      ['resize', `${preprocessing.resize.mode}, ${preprocessing.resize.size}`],
      ['centre crop', preprocessing.crop],
      ['mean', preprocessing.mean.join(', ')],
      ['standard deviation', preprocessing.std.join(', ')],
    ]),
    ...(split === undefined ? ['## Metrics\n\nIt has no report.'] : measurements(name, split, report?.int8)),
    `## Limits\n\n${limits(name, split)
      .map((line) => `- ${line}`)
      .join('\n')}`,
    '',
  ].join('\n\n')
}

function originOf(lineage: ModelVersion['lineage']): [name: string, value: string][] {
  if (lineage === null) return [['weights', 'imported: it is not known what they were trained on']]
  const { dataset, job, recipe, seed, parent } = lineage
  return [
    ['data', dataset],
    ['job', job],
    ['recipe', `${recipe}, seed ${seed}, from ${parent}`],
  ]
}

function measuredOn(report: Report | undefined): [name: string, split: SplitReport | undefined] {
  for (const name of ['test', 'validation', 'train'] as const) {
    const split = report?.splits[name]
    if (split !== undefined) return [name, split]
  }
  return ['', undefined]
}

function measurements(name: string, split: SplitReport, int8: Report['int8'] | undefined): string[] {
  const { calibration } = split
  const rows = split.classes.map(({ label, precision, recall, f1, support }) =>
    [text(label), percent(precision), percent(recall), percent(f1), support].join(' | '),
  )
  const confident = split.thresholds.map(({ threshold, coverage, accuracy }) =>
    [threshold, percent(coverage), percent(accuracy)].join(' | '),
  )
  return [
    section('Metrics', [
      ['measured on', `${split.images} images of ${name}`],
      ['accuracy', percent(split.accuracy)],
      ['loss', split.loss.toFixed(3)],
      [
        'computed in',
        int8?.served ? `eight bits, ${int8.speedup.toFixed(1)} times as fast as float32` : 'float32',
      ],
      ['calibration error', `${percent(calibration.ece)}, ${percent(calibration.ece_uncalibrated)} before`],
    ]),
    table('label | precision | recall | F1 | images', rows),
    `### Confusion\n\nRows are what an image is, columns what was answered.\n\n${table(
      ['', ...split.classes.map(({ label }) => text(label))].join(' | '),
      split.confusion.map((row, index) => [text(split.classes[index]?.label ?? ''), ...row].join(' | ')),
    )}`,
    `### Confidence\n\n${table('least confidence | answered | right among these', confident)}`,
  ]
}

function limits(name: string, split: SplitReport | undefined): string[] {
  const always =
    'It answers with one of its labels whatever the image shows: set a threshold to let it abstain.'
  if (split === undefined) return [always]
  const few = split.classes.filter(({ support }) => support < FEW)
  const weakest = split.classes
    .filter(({ recall }) => recall !== null && recall < 1)
    .toSorted((a, b) => (a.recall ?? 0) - (b.recall ?? 0))
    .slice(0, WEAKEST)
  return [
    always,
    ...(name === 'test'
      ? []
      : [`It has no test split: ${name} images also chose it, so it may do worse elsewhere.`]),
    ...(weakest.length === 0
      ? []
      : [
          `Missed most often: ${weakest.map(({ label, recall }) => `${text(label)} (recall ${percent(recall)})`).join(', ')}.`,
        ]),
    ...(few.length === 0
      ? []
      : [`Fewer than ${FEW} images measure ${few.map(({ label }) => text(label)).join(', ')}.`]),
  ]
}

function section(title: string, rows: [name: string, value: string | number][]): string {
  return `## ${title}\n\n${table(
    ' | ',
    rows.map(([name, value]) => `${name} | ${text(String(value))}`),
  )}`
}

function table(head: string, rows: readonly string[]): string {
  const rule = head.split(' | ').map(() => '---')
  return [head, rule.join(' | '), ...rows].map((row) => `| ${row} |`).join('\n')
}

/** A label is any text: in a table none may be taken for Markdown or HTML. */
function text(label: string): string {
  return label.replace(/[\\`*_{}[\]<>()#|!~]/g, '\\$&')
}
