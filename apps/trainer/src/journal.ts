// What a job tells while it runs: messages, and the curve of what was measured.

import type { JobMetrics } from '@graft/core/wire/jobs'
import type { Report as ModelReport } from '@graft/core/wire/report'
import type { Reporter } from './messages.ts'

export type Curve = ModelReport['curve']

export interface Journal {
  say(message: string, data?: Record<string, unknown>): void
  warn(message: string): void
  /** Adds a point to the curve. */
  mark(stage: Curve[number]['stage'], epoch: number, title: string, metrics: JobMetrics): void
  readonly curve: Curve
}

export function createJournal(report: Reporter): Journal {
  const curve: Curve = []
  return {
    curve,
    say: (message, data = {}) => report({ type: 'event', level: 'info', message, data }),
    warn: (message) => report({ type: 'event', level: 'warn', message }),
    mark(stage, epoch, title, metrics) {
      const { images_per_second: _, ...point } = metrics
      curve.push({ stage, epoch, ...point })
      const loss = metrics.train_loss === undefined ? '' : `train loss ${metrics.train_loss.toFixed(3)}, `
      const message = `${title}: ${loss}${describe(metrics)}.`
      report({ type: 'metrics', message, metrics, data: { stage, epoch, ...metrics } })
    },
  }
}

function describe({ train_accuracy, validation_accuracy, test_accuracy }: JobMetrics): string {
  const shares = { test: test_accuracy, validation: validation_accuracy, train: train_accuracy }
  const [split, share] = Object.entries(shares).find(([, value]) => value !== undefined) ?? []
  return share === undefined ? 'no images are held out' : `${split} accuracy ${(share * 100).toFixed(1)} %`
}
