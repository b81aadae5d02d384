// What a training process uses of the machine, told beside its reports.
import type { Report, Reporter } from './messages.ts'

/** Least time between two accounts (ms): each becomes a row's update. A process that is killed loses the last. */
const TELL_EVERY = 5000

/** Tells every few seconds, and before the last word, what has been used since; a GPU counts from its engine's start. */
export function withUsage(report: Reporter): Reporter {
  let told = 0
  let cpu = 0
  let gpuSince: number | undefined
  const tell = () => {
    const now = performance.now()
    const { user, system } = process.cpuUsage()
    const used = (user + system) / 1e6
    report({
      type: 'usage',
      cpuSeconds: used - cpu,
      gpuSeconds: gpuSince === undefined ? 0 : (now - gpuSince) / 1000,
    })
    told = now
    cpu = used
    if (gpuSince !== undefined) gpuSince = now
  }
  return (next: Report) => {
    if (next.type === 'started' && next.engine.endsWith('gpu')) gpuSince = performance.now()
    const isLast = next.type === 'done' || next.type === 'failed'
    if (isLast || performance.now() - told > TELL_EVERY) tell()
    report(next)
  }
}
