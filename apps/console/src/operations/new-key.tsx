// Makes an API key: its name, what it may do, and until when.
import { dataOf } from '@graft/client/client'
import { type FormEvent, useState } from 'react'
import { useChange } from '../change.ts'
import { Choices } from '../parts/choices.tsx'
import { Problem } from '../parts/problem.tsx'
import { type Scope, useSession } from '../session.tsx'
import type { ShownKey } from './keys-page.tsx'

const SCOPES: Record<Scope, string> = {
  data: 'uploads, reads and edits data sets',
  train: 'starts jobs, sweeps and evaluations, and reads models',
  deploy: 'changes endpoints, aliases and versions of models',
  predict: 'asks endpoints',
  metrics: 'reads /metrics',
  admin: 'may do everything, and makes keys',
}

export function NewKey({ onMade }: { onMade(made: ShownKey): void }) {
  const { graft } = useSession()
  const [scopes, setScopes] = useState<Scope[]>(['predict'])
  const make = useChange(async (form: HTMLFormElement) => {
    const given = new FormData(form)
    const [expires, rate] = [String(given.get('expires')), String(given.get('rate'))]
    const body = {
      name: String(given.get('name')).trim(),
      scopes,
      ...(expires !== '' && { expires_at: new Date(expires).toISOString() }),
      ...(rate !== '' && { requests_per_second: Number(rate) }),
    }
    const made = dataOf(await graft.http.POST('/v1/keys', { body }))
    form.reset()
    return made
  }, onMade)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    make.mutate(event.currentTarget)
  }
  return (
    <form className="form" onSubmit={submit}>
      <label className="field">
        Name
        <input name="name" required maxLength={100} placeholder="who or what uses it" />
      </label>
      <Choices legend="It may" options={SCOPES} chosen={scopes} onChange={setScopes} />
      <label className="field">
        Expires; left open, never
        <input name="expires" type="datetime-local" />
      </label>
      <label className="field">
        Requests a second at most
        <input name="rate" type="number" min={1} step={1} placeholder="the platform's limit" />
      </label>
      <div className="actions">
        <button type="submit" className="primary" disabled={make.isPending || scopes.length === 0}>
          Make key
        </button>
        {scopes.length === 0 && <span className="note">Tick what it may do.</span>}
      </div>
      {make.error && <Problem error={make.error} />}
    </form>
  )
}
