// What a job has said.
import { useEffect, useRef } from 'react'
import { clock } from '../figures.ts'
import { Problem } from '../parts/problem.tsx'
import type { JobFeed } from './job-feed.ts'

export function JobLog({ feed: { events, error } }: { feed: JobFeed }) {
  const list = useRef<HTMLOListElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it goes to its end with each event
  useEffect(() => {
    list.current?.scrollTo(0, list.current.scrollHeight)
  }, [events.length])
  return (
    <section>
      <h2>Log</h2>
      {error && <Problem error={error} />}
      <ol className="log" role="log" ref={list}>
        {events.map(({ id, created_at, level, message }) => (
          <li key={id} className={level}>
            <time dateTime={created_at}>{clock(created_at)}</time> {message}
          </li>
        ))}
      </ol>
    </section>
  )
}
