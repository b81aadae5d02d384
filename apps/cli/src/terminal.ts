// What people see: results on standard output, progress on standard error.
import type { JobProgress } from '@graft/core/wire/jobs'

export interface Output {
  /** One line of the result. */
  print(line: string): void
  /** The result as one line of JSON, instead of what `print` says. */
  json: boolean
  /** A line about what happens. */
  note(line: string): void
  /** A line that the next one replaces; without a terminal only every few seconds one is written. */
  progress(line: string): void
}

/** Milliseconds between two progress lines: on a terminal they replace each other, elsewhere they stay. */
const LIVE_EVERY = 80
const PLAIN_EVERY = 5000

const BARS = '▁▂▃▄▅▆▇█'

/** The two streams are parameters so that a test can read what a user would see. */
export function openOutput(
  json: boolean,
  out: Pick<NodeJS.WriteStream, 'write'> = process.stdout,
  err: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'> = process.stderr,
): Output {
  const every = err.isTTY ? LIVE_EVERY : PLAIN_EVERY
  let live = false
  let last = Number.NEGATIVE_INFINITY
  const clear = () => {
    if (live) err.write('\r\x1b[2K')
    live = false
  }
  return {
    json,
    print(line) {
      clear()
      out.write(`${line}\n`)
    },
    note(line) {
      clear()
      err.write(`${line}\n`)
    },
    progress(line) {
      if (performance.now() - last < every) return
      last = performance.now()
      // A line that wraps could not be replaced.
      if (err.isTTY) err.write(`\r\x1b[2K${line.slice(0, (err.columns || 80) - 1)}`)
      else err.write(`${line}\n`)
      live = err.isTTY
    },
  }
}

/** @example 'training  epoch 2/3  step 14/39  loss 0.412  23.1 images/s  1:05 left' */
export function describeProgress(progress: JobProgress): string {
  const { phase, epoch, epochs, step, steps, loss, images_per_second: speed, eta_seconds: eta } = progress
  return [
    phase,
    epoch > 0 && `epoch ${epoch}/${epochs}`,
    step > 0 && `step ${step}/${steps}`,
    loss !== null && `loss ${loss.toFixed(3)}`,
    speed !== null && `${speed.toFixed(1)} images/s`,
    eta !== null && `${clock(eta)} left`,
  ]
    .filter(Boolean)
    .join('  ')
}

/** Minutes and seconds. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** One character for each value, the highest the tallest. @example sparkline([3, 2, 1]) // '█▅▁' */
export function sparkline(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const last = BARS.length - 1
  return values.map((value) => BARS[Math.round(((value - low) / (high - low || 1)) * last)]).join('')
}

/** @example bar(0.5, 10) // '[#####     ]' */
export function bar(share: number, width = 30): string {
  const filled = Math.round(Math.min(Math.max(share, 0), 1) * width)
  return `[${'#'.repeat(filled)}${' '.repeat(width - filled)}]`
}

/** Columns padded to their widest cell; numbers to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, String(cell).length)
    }
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd(),
  )
}

/** @example '93.1 %' */
export function percent(share: number | undefined): string {
  return share === undefined ? '-' : `${(share * 100).toFixed(1)} %`
}

/** @example '12.3 MB' */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
