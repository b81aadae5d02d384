// Sends all traffic of an endpoint, made when it is missing, to a version.
import { dataOf } from '@graft/client/client'
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { useChange } from '../change.ts'
import { Problem } from '../parts/problem.tsx'
import { useMay, useSession } from '../session.tsx'

export function Deploy({ reference, name }: { reference: string; name: string }) {
  const { graft } = useSession()
  const [, go] = useLocation()
  const [endpoint, setEndpoint] = useState(name)
  const deploy = useChange(
    async () => {
      const params = { path: { name: endpoint.trim() } }
      const body = { traffic: [{ model: reference, weight: 100 }] }
      return dataOf(await graft.http.PUT('/v1/endpoints/{name}', { params, body }))
    },
    (made) => go(`/endpoints/${made.name}`),
  )
  if (!useMay('deploy')) return null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    deploy.mutate()
  }
  return (
    <section className="row">
      <h2>Deploy</h2>
      <form className="inline" onSubmit={submit}>
        <input
          aria-label="Endpoint"
          value={endpoint}
          onChange={(event) => setEndpoint(event.target.value)}
          required
        />{' '}
        <button type="submit" disabled={deploy.isPending}>
          Send all its traffic here
        </button>
      </form>
      {deploy.error && <Problem error={deploy.error} />}
    </section>
  )
}
