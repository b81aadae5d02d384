// Sets how many of the images that an endpoint is asked about are kept, and for how long.
import { dataOf } from '@graft/client/client'
import type { Endpoint } from '@graft/client/shapes'
import { type FormEvent, useState } from 'react'
import { useChange } from '../change.ts'
import { Problem } from '../parts/problem.tsx'
import { useSession } from '../session.tsx'

export function CaptureForm({ endpoint }: { endpoint: Endpoint }) {
  const { name, traffic, threshold, thresholds, shadow, idle_timeout_seconds } = endpoint
  const { graft } = useSession()
  const [share, setShare] = useState(String((endpoint.capture?.share ?? 0) * 100))
  const [days, setDays] = useState(String(endpoint.capture?.retention_days ?? 30))
  const put = useChange(async () => {
    const capture = Number(share) > 0 ? { share: Number(share) / 100, retention_days: Number(days) } : null
    // All else stays as it is.
    const body = { traffic, threshold, thresholds, shadow, idle_timeout_seconds, capture }
    return dataOf(await graft.http.PUT('/v1/endpoints/{name}', { params: { path: { name } }, body }))
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    put.mutate()
  }
  return (
    <form className="form" onSubmit={submit}>
      <div className="fields">
        <label className="field">
          Percent of the images, by chance; 0: none
          <input
            type="number"
            min={0}
            max={100}
            step="any"
            value={share}
            onChange={(event) => setShare(event.target.value)}
            required
          />
        </label>
        <label className="field">
          Days that each is kept
          <input
            type="number"
            min={1}
            max={365}
            step={1}
            value={days}
            onChange={(event) => setDays(event.target.value)}
            required
          />
        </label>
      </div>
      {endpoint.canary && <p className="note">A change of the endpoint ends its canary where it stands.</p>}
      <div className="actions">
        <button type="submit" className="primary" disabled={put.isPending}>
          Set what is kept
        </button>
      </div>
      {put.error && <Problem error={put.error} />}
    </form>
  )
}
