// The processes of a running platform.
import { execFileSync } from 'node:child_process'
import type { Platform } from './platform.ts'

/** Process numbers of the platform's own processes whose command line names the file. */
export function processesOf(platform: Platform, file: string): number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => {
      const [pid = 0, parent = 0] = line.trim().split(/\s+/, 2).map(Number)
      return { pid, parent, args: line }
    })
  const ours = new Set([platform.process.pid ?? 0])
  for (let grown = -1; grown !== ours.size; ) {
    grown = ours.size
    for (const { pid, parent } of table) if (ours.has(parent)) ours.add(pid)
  }
  return table.filter(({ pid, args }) => ours.has(pid) && args.includes(file)).map(({ pid }) => pid)
}
