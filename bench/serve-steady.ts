// How an endpoint answers at four fifths of what it can, for long.
//
//   node bench/serve-steady.ts [minutes] [share of the peak]
//
// First what it answers at most is found; then requests come at the share of that rate, whether or not those before are
// answered. Prints a line of JSON: times, errors, and the server's resident memory after each tenth of the time. The goal:
// p99 of at most 2 p50 + 20 ms, no error, memory that grows by less than 5 % after the first tenth. On a machine that
// lends its speed to others by turns, four fifths of the peak are now and then more than it can do: so in how many of the
// windows of ten seconds the p99 was as good is told too.
import { describeMachine, residentMegabytes, round } from './machine.ts'
import { describeAnswers, openLoad } from './requests.ts'
import { startApiServer } from './start-api-server.ts'

const seconds = Number(process.argv[2] ?? 10) * 60
const share = Number(process.argv[3] ?? 0.8)
const PARTS = 10
/** Milliseconds. */
const WINDOW = 10_000
const server = await startApiServer({ endpoints: 1 })
const load = openLoad(`${server.url}/v1/endpoints/bench-0/predict`)
try {
  await load.ask(0, 0)
  const peak = await load.findPeak(Math.min(20, seconds))
  const sampled: Promise<number>[] = []
  const sampling = setInterval(() => sampled.push(residentMegabytes(server.pid)), (seconds * 1000) / PARTS)
  const answers = await load.atRate(peak * share, seconds)
  clearInterval(sampling)
  const resident = await Promise.all(sampled)
  const figures = describeAnswers(answers, seconds)
  const limit = 2 * figures.p50_ms + 20
  const windows = [...Map.groupBy(answers, ({ at }) => Math.floor(at / WINDOW)).values()]
  const good = windows.filter((window) => describeAnswers(window, WINDOW / 1000).p99_ms <= limit)
  const result = {
    seconds,
    peak_per_second: round(peak, 1),
    ...figures,
    p99_limit_ms: round(limit, 1),
    windows: windows.length,
    windows_within_limit: good.length,
    resident_megabytes: resident,
    growth_percent: round(((resident.at(-1) ?? 0) / (resident[0] ?? 0) - 1) * 100, 1),
    machine: await describeMachine(),
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
} finally {
  load.close()
  await server.stop()
}
