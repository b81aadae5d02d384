// The curve of a job that is followed: one line of the terminal, whole from its begin, however long the job runs.
import type { JobEvent, JobProgress } from '@graft/core/wire/jobs'
import { percent, sparkline } from './terminal.ts'

export interface Curve {
  addProgress(progress: JobProgress): void
  addEvent(event: JobEvent): void
  /** The training loss as bars; empty before there are two values. */
  bars(): string
  /** Loss and held-out accuracy with their first and last values; a line for each that there is. */
  summary(): string[]
}

/** Bars of a line: where there are twice as many values, each two become their mean. */
const WIDTH = 16

export function createCurve(): Curve {
  let losses: number[] = []
  /** Values that each of `losses` stands for, and those that do not make one yet. */
  let grain = 1
  let pending: number[] = []
  const accuracies: number[] = []

  function addLoss(loss: number): void {
    pending.push(loss)
    if (pending.length < grain) return
    losses.push(meanOf(pending))
    pending = []
    if (losses.length < 2 * WIDTH) return
    losses = Array.from({ length: WIDTH }, (_, at) => meanOf(losses.slice(2 * at, 2 * at + 2)))
    grain *= 2
  }

  return {
    addProgress({ phase, loss }) {
      if (phase === 'training' && loss !== null) addLoss(loss)
    },
    addEvent({ type, data }) {
      // The average of the epochs is no epoch, and may not be what was taken.
      if (type !== 'metrics' || data.stage === 'average') return
      const share = data.validation_accuracy ?? data.test_accuracy
      if (typeof share === 'number') accuracies.push(share)
    },
    bars: () => (losses.length < 2 ? '' : sparkline(losses)),
    summary: () =>
      [describe('loss', losses, (loss) => loss.toFixed(3)), describe('accuracy', accuracies, percent)].filter(
        (line) => line !== undefined,
      ),
  }
}

function describe(
  name: string,
  values: readonly number[],
  write: (value: number) => string,
): string | undefined {
  const [first, last] = [values[0], values.at(-1)]
  if (values.length < 2 || first === undefined || last === undefined) return undefined
  return `${name.padEnd(8)}  ${sparkline(values)}  ${write(first)} -> ${write(last)}`
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
