// A model's report as one page that needs nothing else: styles, plots and thumbnails are in it.
import type { Report, SplitReport } from '@graft/core/wire/report'
import { html } from 'hono/html'
import { percent } from './percent.ts'

type Html = ReturnType<typeof html>
type Series = { name: string; colour: string; points: [x: number, y: number][] }

export interface ReportPage {
  /** `hotdog@2` */
  reference: string
  report: Report
  /** A data URI for each image's sha256; what is missing is left out. */
  thumbnails: ReadonlyMap<string, string>
}

export async function renderReport({ reference, report, thumbnails }: ReportPage): Promise<string> {
  const splits = Object.entries(report.splits).filter((entry): entry is [string, SplitReport] => !!entry[1])
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${reference}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
h1, h2, h3 { line-height: 1.2 } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ddd }
table { border-collapse: collapse; display: block; overflow-x: auto } th, td { padding: .25rem .7rem; text-align: right } th { font-weight: 600 }
td { white-space: nowrap } th:first-child, td:first-child { text-align: left } tr + tr { border-top: 1px solid #eee }
.plots, .losses { display: flex; flex-wrap: wrap; gap: 1.5rem } figure { margin: 0 } figcaption { font-size: 13px }
.losses img { height: 110px; display: block } svg { max-width: 100%; height: auto } svg text { font-size: 11px; fill: #555 }
</style>
</head>
<body>
<h1>${reference}</h1>
<p>${report.labels.length} labels: ${report.labels.join(', ')}. Temperature ${report.temperature.toFixed(2)}.</p>
<h2>Training</h2>
${training(report)}
${numbers(report)}
${curves(report)}
${splits.map(([name, split]) => section(name, split, report.labels, thumbnails))}
</body>
</html>`
  return String(await page)
}

function training({ training: facts }: Report): Html {
  if (facts === null) return html`<p>The probe: its features come from the trunk as it was pretrained.</p>`
  const [seconds, speed] = [facts.seconds.toFixed(0), facts.images_per_second.toFixed(1)]
  return html`<p>${seconds} s, ${speed} images a second; ${percent(facts.waiting)} of the steps' time they waited for
their images. ${(facts.peak_memory_bytes / 2 ** 20).toFixed(0)} MiB of memory at most.</p>`
}

/** Which file answers, where it was measured. */
function numbers({ int8 }: Report): Html | string {
  if (int8 === null) return ''
  const { served, speedup, accuracy } = int8
  const right =
    accuracy.int8 === null ? '' : `, and right for ${percent(accuracy.int8)} of the validation images`
  return html`<p>${served ? 'It answers in eight bits' : 'It answers in float32'}: in eight bits it was
${speedup.toFixed(1)} times as fast as in float32${right}; in float32 for ${percent(accuracy.float32)}.</p>`
}

function curves({ curve }: Report): Html {
  const series = (
    keys: [name: string, colour: string, key: 'train' | 'validation' | 'test'][],
    value: 'loss' | 'accuracy',
  ) =>
    keys
      .map(([name, colour, key]): Series => {
        const points = curve.flatMap((point) => {
          const y = point[`${key}_${value}`]
          return y === undefined || point.stage === 'average' ? [] : [[point.epoch, y] as [number, number]]
        })
        return { name, colour, points }
      })
      .filter(({ points }) => points.length > 0)
  const keys: Parameters<typeof series>[0] = [
    ['train', '#888', 'train'],
    ['validation', '#06c', 'validation'],
    ['test', '#c50', 'test'],
  ]
  const rows = curve.map((point) => {
    const stage = point.stage === 'fine_tuned' ? `epoch ${point.epoch}` : point.stage
    const loss = point.validation_loss ?? point.test_loss
    return html`<tr><td>${stage}</td><td>${point.train_loss?.toFixed(3) ?? '-'}</td><td>${loss?.toFixed(3) ?? '-'}</td>
      <td>${percent(point.validation_accuracy ?? point.test_accuracy ?? null)}</td></tr>`
  })
  return html`<div class="plots">${plot('Loss', series(keys, 'loss'))}${plot('Accuracy', series(keys, 'accuracy'))}</div>
<table><tr><th>stage</th><th>train loss</th><th>held-out loss</th><th>held-out accuracy</th></tr>${rows}</table>`
}

/** Lines over the epochs. A report of one epoch, or of one value, has it in the middle and told once. */
function plot(title: string, series: readonly Series[]): Html {
  const [width, height, margin] = [380, 220, 36]
  const xs = series.flatMap(({ points }) => points.map(([x]) => x))
  const ys = series.flatMap(({ points }) => points.map(([, y]) => y))
  const [left, right] = [Math.min(...xs), Math.max(...xs)]
  const [low, high] = [Math.min(...ys), Math.max(...ys)]
  const x = (value: number) => margin + placeOf(value, left, right) * (width - 2 * margin)
  const y = (value: number) => height - margin - placeOf(value, low, high) * (height - 2 * margin)
  const line = (points: Series['points']) =>
    points.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(' ')
  const levels = [...new Set([low, high])].map(
    (level) => html`<text x="2" y="${y(level) + 4}">${level.toFixed(2)}</text>`,
  )
  const epochs = [...new Set([left, right])].map(
    (epoch) => html`<text x="${x(epoch)}" y="${height - 12}" text-anchor="middle">epoch ${epoch}</text>`,
  )
  return html`<figure><svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title} by epoch">
<text x="${margin}" y="16">${title}</text>
${levels}${epochs}
${series.map(
  (
    { name, colour, points },
    index,
  ) => html`<polyline points="${line(points)}" fill="none" stroke="${colour}" stroke-width="2"/>
${points.map(([a, b]) => html`<circle cx="${x(a).toFixed(1)}" cy="${y(b).toFixed(1)}" r="3" fill="${colour}"/>`)}
<text x="${margin + 90 + index * 75}" y="16" style="fill:${colour}">${name}</text>`,
)}
</svg></figure>`
}

/** @example placeOf(3, 2, 6) // 0.25 */
const placeOf = (value: number, low: number, high: number) =>
  high > low ? (value - low) / (high - low) : 0.5

function section(
  name: string,
  split: SplitReport,
  labels: readonly string[],
  thumbnails: ReportPage['thumbnails'],
): Html {
  const { calibration } = split
  const most = split.confusion.flat().reduce((high, count) => Math.max(high, count), 1)
  return html`<h2>${name}: ${percent(split.accuracy)} of ${split.images} images</h2>
<h3>Confusion</h3>
<p>Rows are what an image is, columns what was answered.</p>
<table><tr><th></th>${labels.map((label) => html`<th>${label}</th>`)}</tr>
${split.confusion.map(
  (row, index) =>
    html`<tr><th>${labels[index]}</th>${row.map(
      (count) =>
        html`<td style="background:rgba(0,102,204,${((count / most) * 0.6).toFixed(2)})">${count}</td>`,
    )}</tr>`,
)}</table>
<h3>Labels</h3>
<table><tr><th>label</th><th>precision</th><th>recall</th><th>F1</th><th>images</th></tr>
${split.classes.map(
  ({ label, precision, recall, f1, support }) =>
    html`<tr><td>${label}</td><td>${percent(precision)}</td><td>${percent(recall)}</td><td>${percent(f1)}</td><td>${support}</td></tr>`,
)}</table>
<h3>Confidence</h3>
<p>Expected calibration error ${percent(calibration.ece)}; without the temperature ${percent(calibration.ece_uncalibrated)}.</p>
<table><tr><th>least confidence</th><th>answered</th><th>right among these</th></tr>
${split.thresholds.map(
  ({ threshold, coverage, accuracy }) =>
    html`<tr><td>${threshold}</td><td>${percent(coverage)}</td><td>${percent(accuracy)}</td></tr>`,
)}</table>
<h3>Most wrong about</h3>
<div class="losses">${split.top_losses.map(({ sha256, path, label, predicted, confidence }) => {
    const source = thumbnails.get(sha256)
    const image = source === undefined ? '' : html`<img src="${source}" alt="${path}">`
    return html`<figure>${image}<figcaption title="${path}">${label}<br>answered ${predicted}, ${percent(confidence)}</figcaption></figure>`
  })}</div>`
}
