// `graft compare`: two model versions beside each other, on the images that both were measured on.
import type { Comparison } from '@graft/core/wire/registry'
import type { Client } from '../client.ts'
import { type Output, percent, table } from '../terminal.ts'

/** Below it the difference is told as one that is hardly chance. */
const SIGNIFICANT = 0.05

export async function compare(
  client: Client,
  [first, second]: readonly [string, string],
  { split }: { split: string },
  output: Output,
): Promise<void> {
  const [a, b] = [encodeURIComponent(first), encodeURIComponent(second)]
  printComparison(await client.get<Comparison>(`/v1/models/${a}/compare/${b}?split=${split}`), output)
}

export function printComparison(comparison: Comparison, output: Output): void {
  const { split } = comparison
  if (output.json) {
    output.print(JSON.stringify(comparison))
    return
  }
  const sides = [comparison.a, comparison.b]
  const rows = sides.map(({ model, images, accuracy, loss }) => [
    model,
    images,
    percent(accuracy),
    loss.toFixed(3),
  ])
  for (const line of table([['model', `${split} images`, 'accuracy', 'loss'], ...rows])) output.print(line)
  for (const line of describe(comparison)) output.print(line)
  if (comparison.disagreements.length === 0) return
  const head = ['image', 'is', comparison.a.model, comparison.b.model]
  const differing = comparison.disagreements.map(({ path, label, a, b }) => [
    path,
    label,
    a.predicted,
    b.predicted,
  ])
  output.print('')
  for (const line of table([head, ...differing])) output.print(line)
}

function describe({ a, b, common }: Comparison): string[] {
  const { images, only_a_right, only_b_right, both_wrong, disagreements, p_value } = common
  if (images === 0) return ['They share no image.']
  const chance =
    p_value === null
      ? 'neither is right alone on any'
      : `${p_value < SIGNIFICANT ? 'hardly chance' : 'may be chance'}, p ${p_value.toPrecision(2)}`
  return [
    `Of ${images} images of both: only ${a.model} right on ${only_a_right}, only ${b.model} on ${only_b_right} (${chance}), both wrong on ${both_wrong}.`,
    `Different answers: ${disagreements}.`,
  ]
}
