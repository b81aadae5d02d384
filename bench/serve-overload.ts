// What an endpoint does when it is asked five times as much as it can answer.
//
//   node bench/serve-overload.ts [seconds of the overload]
//
// Requests come at a rate, whether or not those before them are answered: first what it can answer at most is found,
// then it is asked for half of that (normal), for five times that, and for half again; at last the peak is found once
// more, for a machine may be slower then. Prints JSON: for each phase the answers a second, the times of answers and of
// refusals, those of the overload past its first seconds too, in which a burst is let in still, and how soon after it
// answers are as before.
import { describeMachine, round } from './machine.ts'
import { describeAnswers, openLoad } from './requests.ts'
import { startApiServer } from './start-api-server.ts'

const seconds = Number(process.argv[2] ?? 60)
const SHORT = Math.min(20, seconds)
const OVERLOAD = 5
const NORMAL = 0.5
/** Milliseconds after which a burst would be over. */
const BURST = 5000
const server = await startApiServer({ endpoints: 1 })
const load = openLoad(`${server.url}/v1/endpoints/bench-0/predict`)

try {
  await load.ask(0, 0)
  const peak = await load.findPeak(SHORT)
  const normal = describeAnswers(await load.atRate(peak * NORMAL, SHORT), SHORT)
  const crowd = await load.atRate(peak * OVERLOAD, seconds)
  const overload = describeAnswers(crowd, seconds)
  const settled = describeAnswers(
    crowd.filter(({ at }) => at > BURST),
    seconds - BURST / 1000,
  )
  const after = await load.atRate(peak * NORMAL, SHORT)
  const peakAfter = await load.findPeak(SHORT)
  const late = after.filter(({ status, took }) => status !== 200 || took > 2 * normal.p99_ms)
  process.stdout.write(
    `${JSON.stringify(
      {
        machine: await describeMachine(),
        seconds,
        peak_per_second: round(peak, 1),
        peak_after_per_second: round(peakAfter, 1),
        normal,
        overload,
        settled,
        after: describeAnswers(after, SHORT),
        normal_again_after_seconds: round((late.at(-1)?.at ?? 0) / 1000, 1),
        goodput_to_peak: round((2 * overload.answered_per_second) / (peak + peakAfter), 2),
        p99_to_normal: round(overload.p99_ms / normal.p99_ms, 2),
        settled_p99_to_normal: round(settled.p99_ms / normal.p99_ms, 2),
      },
      null,
      2,
    )}\n`,
  )
} finally {
  load.close()
  await server.stop()
}
