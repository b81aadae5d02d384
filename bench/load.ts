// How much of the machine a measured process had to itself: figures of a busy machine compare schedulers, not programs.
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { round } from './machine.ts'

/** Ticks of the kernel's accounting in a second: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS = 100

/** Of all processor time: what may go to others in a turn that counts. */
export const QUIET_PERCENT = 8

export interface Measured<Result> {
  result: Result
  /** Seconds of processor time of the process, all its threads and children together. */
  cpuSeconds: number
  /** The share of the machine's processor time that went to anything else, the hypervisor included. */
  othersPercent: number
}

/** @param pid the process that works */
export async function measured<Result>(
  pid: number | undefined,
  work: () => Promise<Result>,
): Promise<Measured<Result>> {
  const [own, busy, started] = [await ownSeconds(pid), await busySeconds(), performance.now()]
  const result = await work()
  const elapsed = (performance.now() - started) / 1000
  const cpuSeconds = (await ownSeconds(pid)) - own
  const others = (await busySeconds()) - busy - cpuSeconds
  const othersPercent = Math.max(0, round((others / (elapsed * availableParallelism())) * 100, 1))
  return { result, cpuSeconds, othersPercent }
}

/**
 * Lets contenders take turns until each has so many quiet ones, or the patience is at its end.
 *
 * @param patience seconds
 * @returns of each contender as many turns as there are rounds, those that were disturbed least
 */
export async function takeTurns<Contender, Result>(
  contenders: readonly Contender[],
  turn: (contender: Contender) => Promise<Measured<Result>>,
  { rounds, patience }: { rounds: number; patience: number },
): Promise<Map<Contender, Measured<Result>[]>> {
  const turns = new Map<Contender, Measured<Result>[]>(contenders.map((contender) => [contender, []]))
  const until = performance.now() + patience * 1000
  const isDone = (found: Measured<Result>[]) =>
    found.filter(({ othersPercent }) => othersPercent <= QUIET_PERCENT).length >= rounds ||
    (found.length >= rounds && performance.now() > until)
  while (![...turns.values()].every(isDone)) {
    for (const [contender, found] of turns) if (!isDone(found)) found.push(await turn(contender))
  }
  for (const found of turns.values()) {
    found.sort((a, b) => a.othersPercent - b.othersPercent).splice(rounds)
  }
  return turns
}

/** The process's own, and that of its children, ended ones included. */
async function ownSeconds(pid: number | undefined): Promise<number> {
  // The command's name, in brackets, may hold spaces.
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1)?.split(' ') ?? []
  const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  const theirs = children
    .split(' ')
    .filter(Boolean)
    .map((child) => ownSeconds(Number(child)))
  return (await Promise.all(theirs)).reduce((sum, seconds) => sum + seconds, own)
}

async function busySeconds(): Promise<number> {
  const [line = ''] = (await readFile('/proc/stat', 'utf8')).split('\n', 1)
  const [user, nice, system, , , irq, softirq, steal] = line.split(/\s+/).slice(1).map(Number)
  const busy = [user, nice, system, irq, softirq, steal].reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0)
  return busy / TICKS
}
