// The endpoints' states in memory, so that a prediction waits for no query.
//
// The rule: a state is believed for one second. A change made anywhere, by another process or by a trainer, is served
// by every process a second later at most; what this process changes is served at once. Under load a state is read
// again in the background when half of its time has passed. While the database fails the last known state serves.
import type { Project } from '@graft/core/names'
import type { EndpointState } from '@graft/db/endpoints'
import { placeOf } from './place-of.ts'

/** Milliseconds that a state is believed, and its age from which it is read again while it still serves. */
const BELIEVED = 1000
const REFRESHED = 500

export interface EndpointCache {
  /** Undefined where there is no such endpoint. Throws what the database throws where no state is known. */
  find(project: Project, name: string): Promise<EndpointState | undefined>
  /** It has been changed: who asks next is answered by the database. */
  forget(project: Project, name: string): void
}

export function createEndpointCache(
  read: (project: Project, name: string) => Promise<EndpointState | undefined>,
  now: () => number = () => performance.now(),
): EndpointCache {
  /** `at`: when the query began that read the state. */
  const entries = new Map<string, { state: EndpointState; at: number }>()
  const readings = new Map<string, Promise<EndpointState | undefined>>()

  /** One query for all who ask meanwhile. */
  function refresh(project: Project, name: string): Promise<EndpointState | undefined> {
    const place = placeOf(project, name)
    const running = readings.get(place)
    if (running) return running
    const at = now()
    const reading = read(project, name)
      .then((state) => {
        // A reading that began before the change must not be kept.
        if (readings.get(place) === reading) {
          if (state === undefined) entries.delete(place)
          else entries.set(place, { state, at })
        }
        return state
      })
      .finally(() => {
        if (readings.get(place) === reading) readings.delete(place)
      })
    readings.set(place, reading)
    return reading
  }

  return {
    async find(project, name) {
      const entry = entries.get(placeOf(project, name))
      if (entry === undefined) return await refresh(project, name)
      const age = now() - entry.at
      if (age < REFRESHED) return entry.state
      const reading = refresh(project, name).catch(() => entry.state)
      return age < BELIEVED ? entry.state : await reading
    },
    forget(project, name) {
      const place = placeOf(project, name)
      entries.delete(place)
      readings.delete(place)
    },
  }
}
