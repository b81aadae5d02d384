import { expect, test } from 'vitest'
import type { Report } from './messages.ts'
import { withUsage } from './usage.ts'

function told(engine: string): Report[] {
  const reports: Report[] = []
  const report = withUsage((next) => reports.push(next))
  report({ type: 'started', engine })
  const end = process.cpuUsage().user + 50_000
  while (process.cpuUsage().user < end); // 50 ms of a processor
  report({ type: 'failed', code: 'diverged', message: 'NaN' })
  return reports
}
const sum = (reports: Report[], key: 'seconds' | 'cpuSeconds' | 'gpuSeconds') =>
  reports.reduce((total, report) => total + (report.type === 'usage' ? report[key] : 0), 0)

test('all of the processor time is told before the last word', () => {
  const reports = told('tensorflow 2.21.0 cpu')
  expect(reports.at(-1)).toMatchObject({ type: 'failed' })
  const used = process.cpuUsage()
  expect(sum(reports, 'cpuSeconds')).toBeGreaterThanOrEqual(0.05)
  expect(sum(reports, 'cpuSeconds')).toBeLessThanOrEqual((used.user + used.system) / 1e6)
  expect(sum(reports, 'gpuSeconds')).toBe(0)
  expect(sum(reports, 'seconds')).toBeGreaterThanOrEqual(0.04)
})

test('a GPU is accounted by the time for which it is held', () => {
  const reports = told('tensorflow 2.21.0 gpu')
  expect(sum(reports, 'gpuSeconds')).toBeGreaterThanOrEqual(0.04)
  expect(sum(reports, 'gpuSeconds')).toBe(sum(reports, 'seconds'))
})
