// The threshold of an endpoint, in words.
import type { Endpoint } from '@graft/client/shapes'
import { percent } from '../figures.ts'

export function thresholdOf({ threshold }: Pick<Endpoint, 'threshold'>): string {
  if (typeof threshold === 'object') return `so that ${percent(threshold.precision)} of them are right`
  return threshold === 0 ? 'every answer' : `from ${percent(threshold)} on`
}
