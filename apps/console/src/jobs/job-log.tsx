// What a job has said.
import { clock } from '../figures.ts'
import { Problem } from '../parts/problem.tsx'
import type { JobFeed } from './job-feed.ts'

export function JobLog({ feed: { events, error } }: { feed: JobFeed }) {
  return (
    <section>
      <h2>Log</h2>
      {error && <Problem error={error} />}
      <ol className="log" role="log">
        {events.map(({ id, created_at, level, message }) => (
          <li key={id} className={level}>
            <time dateTime={created_at}>{clock(created_at)}</time> {message}
          </li>
        ))}
      </ol>
    </section>
  )
}
