// Starts a canary: which version, in which steps, and what it must not exceed.
import { dataOf } from '@graft/client/client'
import { type FormEvent, useId } from 'react'
import { useChange } from '../change.ts'
import { ModelChoices } from '../parts/model-choices.tsx'
import { Problem } from '../parts/problem.tsx'
import { useSession } from '../session.tsx'

export function CanaryForm({ endpoint: name }: { endpoint: string }) {
  const { graft } = useSession()
  const choices = useId()
  const start = useChange(async (form: FormData) => {
    const number = (field: string) => Number(form.get(field))
    const body = {
      model: String(form.get('model')).trim(),
      steps: String(form.get('steps')).split(',').map(Number),
      minutes_per_step: number('minutes'),
      max_error_rate: number('failing') / 100,
      max_disagreement: number('differing') / 100,
      min_requests: number('images'),
    }
    return dataOf(await graft.http.POST('/v1/endpoints/{name}/canary', { params: { path: { name } }, body }))
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    start.mutate(new FormData(event.currentTarget))
  }
  return (
    <form className="form" onSubmit={submit}>
      <ModelChoices id={choices} />
      <label className="field">
        Version
        <input name="model" list={choices} required placeholder="name@version or name@alias" />
      </label>
      <label className="field">
        Shares of the traffic, in percent, one after the other; the last is 100
        <input name="steps" defaultValue="5, 25, 50, 100" required pattern="[\d\s,]+" />
      </label>
      <div className="fields">
        <label className="field">
          Minutes of each step at least
          <input name="minutes" type="number" min={0} step="any" defaultValue={10} required />
        </label>
        <label className="field">
          Images of each step at least
          <input name="images" type="number" min={1} step={1} defaultValue={100} required />
        </label>
        <label className="field">
          Percent that may fail
          <input name="failing" type="number" min={0} max={100} step="any" defaultValue={1} required />
        </label>
        <label className="field">
          Percent that may differ
          <input name="differing" type="number" min={0} max={100} step="any" defaultValue={20} required />
        </label>
      </div>
      <div className="actions">
        <button type="submit" className="primary" disabled={start.isPending}>
          Start canary
        </button>
      </div>
      {start.error && <Problem error={start.error} />}
    </form>
  )
}
