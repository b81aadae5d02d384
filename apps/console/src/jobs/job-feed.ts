// The feed of a job: its events and its progress as they come.
import type { JobEvent, JobProgress } from '@graft/client/shapes'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useReducer } from 'react'
import { useSession } from '../session.tsx'

export interface JobFeed {
  events: readonly JobEvent[]
  progress: JobProgress | undefined
  /** The loss of steps, over epochs: those seen while the page is open. */
  losses: readonly (readonly [epoch: number, loss: number])[]
  error: Error | undefined
}

type Change = { event: JobEvent } | { progress: JobProgress } | { error: Error } | 'restart'

const NOTHING: JobFeed = { events: [], progress: undefined, losses: [], error: undefined }

function add(feed: JobFeed, change: Change): JobFeed {
  if (change === 'restart') return NOTHING
  if ('event' in change) return { ...feed, events: [...feed.events, change.event] }
  if ('error' in change) return { ...feed, error: change.error }
  const { progress } = change
  const { phase, epoch, step, steps, epochs, loss } = progress
  const done = (step / (steps || 1)) * epochs
  const last = feed.losses.at(-1)?.[0] ?? -1
  const isNew = phase === 'training' && loss !== null && epoch > 0 && done !== last
  // A job that is taken up again goes back to the end of an epoch.
  const kept = done < last ? feed.losses.filter(([at]) => at < done) : feed.losses
  return { ...feed, progress, losses: isNew ? [...kept, [done, loss]] : feed.losses }
}

/** Follows the job until it ends or the page is left. */
export function useJobFeed(id: string): JobFeed {
  const { graft } = useSession()
  const queries = useQueryClient()
  const [feed, change] = useReducer(add, NOTHING)
  useEffect(() => {
    const leaving = new AbortController()
    const { signal } = leaving
    const follow = async () => {
      change('restart')
      for await (const told of graft.job(id).events({ signal })) {
        if (signal.aborted) return
        if (told.type === 'event') change({ event: told.event })
        else if (told.type === 'progress') change({ progress: told.progress })
        else await queries.invalidateQueries()
      }
    }
    follow().catch((error: Error) => signal.aborted || change({ error }))
    return () => leaving.abort()
  }, [graft, id, queries])
  return feed
}
