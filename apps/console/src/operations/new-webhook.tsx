// Makes a webhook: an address, and the events that are sent to it.
import { dataOf } from '@graft/client/client'
import type { Webhook } from '@graft/client/shapes'
import { type FormEvent, useState } from 'react'
import { useChange } from '../change.ts'
import { Choices } from '../parts/choices.tsx'
import { Problem } from '../parts/problem.tsx'
import { useSession } from '../session.tsx'

type Event = Webhook['events'][number]

const EVENTS: Record<Event, string> = {
  'job.succeeded': 'a job has made its model',
  'job.failed': 'a job has failed',
  'job.cancelled': 'a job was cancelled',
  'dataset.version.ready': 'all files of a version are judged',
  'dataset.version.rejected': 'a version was refused',
  'endpoint.changed': 'an endpoint has other traffic',
}

export function NewWebhook({ onMade }: { onMade(made: { url: string; secret: string }): void }) {
  const { graft } = useSession()
  const [events, setEvents] = useState<Event[]>(['job.succeeded', 'job.failed'])
  const [url, setUrl] = useState('')
  const make = useChange(
    async () => dataOf(await graft.http.POST('/v1/webhooks', { body: { url: url.trim(), events } })),
    (made) => {
      setUrl('')
      onMade(made)
    },
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate()
  }
  return (
    <form className="form" onSubmit={submit}>
      <label className="field">
        Address
        <input
          type="url"
          value={url}
          onChange={(event) => setUrl(event.target.value)}
          required
          placeholder="https://example.com/graft"
        />
      </label>
      <Choices legend="It hears of" options={EVENTS} chosen={events} onChange={setEvents} />
      <div className="actions">
        <button type="submit" className="primary" disabled={make.isPending || events.length === 0}>
          Make webhook
        </button>
        {events.length === 0 && <span className="note">Tick what it hears of.</span>}
      </div>
      {make.error && <Problem error={make.error} />}
    </form>
  )
}
