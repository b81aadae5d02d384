// What an endpoint was before: the splits that answer where the newest one cannot.
import type { Project } from '@graft/core/names'
import type { EndpointState } from '@graft/db/endpoints'

/** Revisions that are looked at: one whose models have been broken for longer is no answer to today's question. */
export const HISTORY = 20
/** Endpoints whose history is kept. */
const KEPT = 100

/** The states before an endpoint's state, the newest first. */
export type History = (endpoint: EndpointState) => Promise<EndpointState[]>

/** A revision never changes, so what is before it is read once: predictions by a fallback cost no query. */
export function createHistory(
  read: (project: Project, name: string, revision: number, count: number) => Promise<EndpointState[]>,
): History {
  const kept = new Map<string, Promise<EndpointState[]>>()
  return ({ id, project, name, revision }) => {
    const place = `${id}@${revision}`
    const known = kept.get(place)
    if (known) return known
    const [oldest] = kept.keys()
    if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest)
    const reading = read(project, name, revision, HISTORY)
    kept.set(place, reading)
    reading.catch(() => kept.delete(place))
    return reading
  }
}
