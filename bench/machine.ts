// What the figures of a bench depend on: the machine, and the memory of a process.
import { readdir, readFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg } from 'node:os'

export async function describeMachine() {
  const flags = /^flags\s*:(.*)$/m.exec(await readFile('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? []
  return {
    cpu: cpus()[0]?.model ?? '',
    threads: availableParallelism(),
    avx512_bf16: flags.includes('avx512_bf16'),
    amx_bf16: flags.includes('amx_bf16'),
    // Over the last minute; what exceeds the threads is other work, and slows all contenders.
    load: round(loadavg()[0] ?? 0, 1),
  }
}

/** The most resident memory that a running process has had so far, in MB. */
export function peakMegabytes(pid: number | undefined): Promise<number> {
  return memoryOf(pid, 'VmHWM')
}

/** Its resident memory now, in MB. */
export function residentMegabytes(pid: number | undefined): Promise<number> {
  return memoryOf(pid, 'VmRSS')
}

async function memoryOf(pid: number | undefined, field: 'VmHWM' | 'VmRSS'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024)
}

export function round(value: number, digits = 4): number {
  return Number(value.toFixed(digits))
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** Linux counts a process's time in hundredths of a second, whatever the machine. */
const TICK = 10

/** Milliseconds of processor time that a running process, its threads and its child processes have had. */
export async function cpuMilliseconds(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name before may hold anything, blanks and brackets too.
  const [user = '0', system = '0'] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
  const threads = await readdir(`/proc/${pid}/task`)
  const children = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  )
  const ofChildren = await Promise.all(
    children
      .join(' ')
      .match(/\d+/g)
      ?.map((child) => cpuMilliseconds(Number(child))) ?? [],
  )
  return ofChildren.reduce((sum, time) => sum + time, TICK * (Number(user) + Number(system)))
}
