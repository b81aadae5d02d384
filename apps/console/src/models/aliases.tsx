// The aliases that point at a version, and a field to point another one at it.
import { dataOf } from '@graft/client/client'
import type { ModelVersion } from '@graft/client/shapes'
import { type FormEvent, useState } from 'react'
import { useChange } from '../change.ts'
import { Problem } from '../parts/problem.tsx'
import { useMay, useSession } from '../session.tsx'

export function Aliases({ model: { model: name, version, aliases } }: { model: ModelVersion }) {
  const { graft } = useSession()
  const may = useMay('deploy')
  const [alias, setAlias] = useState('')
  const point = useChange(
    async () => {
      const params = { path: { name, alias: alias.trim() } }
      return dataOf(await graft.http.PUT('/v1/models/{name}/aliases/{alias}', { params, body: { version } }))
    },
    () => setAlias(''),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    point.mutate()
  }
  return (
    <section className="row">
      <h2>Aliases</h2>
      {aliases.map((own) => (
        <span key={own} className="tag">
          @{own}
        </span>
      ))}
      {may && (
        <form className="inline" onSubmit={submit}>
          <input
            aria-label="Alias"
            value={alias}
            onChange={(event) => setAlias(event.target.value)}
            placeholder="champion"
            required
          />{' '}
          <button type="submit" disabled={point.isPending}>
            Point it here
          </button>
        </form>
      )}
      {point.error && <Problem error={point.error} />}
    </section>
  )
}
