// What a training process uses of the machine, told beside its reports.
import type { Report, Reporter } from './messages.ts'

/** Least time between two accounts (ms): each becomes a row's update. A process that is killed loses the last. */
const TELL_EVERY = 5000

/** Tells every few seconds, and before the last word, what has been used since; time counts from the engine's start. */
export function withUsage(report: Reporter): Reporter {
  let told = 0
  let cpu = 0
  let since: number | undefined
  let hasGpu = false
  const tell = () => {
    const now = performance.now()
    const { user, system } = process.cpuUsage()
    const used = (user + system) / 1e6
    const seconds = since === undefined ? 0 : (now - since) / 1000
    report({ type: 'usage', seconds, cpuSeconds: used - cpu, gpuSeconds: hasGpu ? seconds : 0 })
    told = now
    cpu = used
    if (since !== undefined) since = now
  }
  return (next: Report) => {
    if (next.type === 'started') {
      since = performance.now()
      hasGpu = next.engine.endsWith('gpu')
    }
    const isLast = next.type === 'done' || next.type === 'failed'
    if (isLast || performance.now() - told > TELL_EVERY) tell()
    report(next)
  }
}
