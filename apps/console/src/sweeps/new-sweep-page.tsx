// Starts a sweep: on which data, by which recipe, and which settings it varies.
import { dataOf } from '@graft/client/client'
import type { NewSweep as NewSweepShape } from '@graft/client/shapes'
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { useChange } from '../change.ts'
import { words } from '../figures.ts'
import { type FieldSchema, useHyperparameters } from '../jobs/hyperparameters.ts'
import { DatasetField } from '../parts/dataset-field.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { Scoped } from '../parts/scoped.tsx'
import { useMay, useSession } from '../session.tsx'

export function NewSweepPage() {
  const fields = useHyperparameters()
  return (
    <Page title="Start a sweep">
      <Scoped scope="train" what="Starting a sweep">
        <Loaded query={fields}>{(list) => <NewSweep fields={list} />}</Loaded>
      </Scoped>
    </Page>
  )
}

interface Varied {
  name: string
  /** As it is written: `0.001, 0.002`. */
  values: string
}

function NewSweep({ fields }: { fields: [string, FieldSchema][] }) {
  const { graft } = useSession()
  const [, go] = useLocation()
  const mayDeploy = useMay('deploy')
  const [varied, setVaried] = useState<Varied[]>([{ name: 'learning_rate', values: '' }])
  const start = useChange(
    async (form: FormData) => {
      const filled = [...form.entries()].filter(([, value]) => value !== '')
      const values = Object.fromEntries(varied.map((row) => [row.name, listOf(row.values)]))
      const body = { ...Object.fromEntries(filled), values } as unknown as NewSweepShape
      return dataOf(await graft.http.POST('/v1/fine_tuning/sweeps', { body }))
    },
    ({ id }) => go(`/sweeps/${id}`),
  )
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    start.mutate(new FormData(event.currentTarget))
  }
  const change = (at: number, part: Partial<Varied>) =>
    setVaried(varied.map((row, index) => (index === at ? { ...row, ...part } : row)))
  const free = fields.map(([name]) => name).filter((name) => !varied.some((row) => row.name === name))
  const jobs = varied.reduce((product, { values }) => product * new Set(listOf(values)).size, 1)
  return (
    <form className="form" onSubmit={submit}>
      <DatasetField name="training_dataset" />
      <label className="field">
        Recipe
        <select name="recipe">
          {['auto', 'seed', 'scratch'].map((recipe) => (
            <option key={recipe}>{recipe}</option>
          ))}
        </select>
      </label>
      {varied.map(({ name, values }, at) => (
        <fieldset key={name} className="share">
          <legend>Vary</legend>
          <select
            aria-label="Hyper-parameter"
            value={name}
            onChange={(event) => change(at, { name: event.target.value })}
          >
            {[name, ...free].map((other) => (
              <option key={other} value={other}>
                {words(other)}
              </option>
            ))}
          </select>
          <input
            aria-label={`Values of ${words(name)}`}
            value={values}
            onChange={(event) => change(at, { values: event.target.value })}
            placeholder="0.001, 0.002"
            required
          />
          {varied.length > 1 && (
            <button type="button" className="quiet" onClick={() => setVaried(varied.toSpliced(at, 1))}>
              Remove
            </button>
          )}
        </fieldset>
      ))}
      <button
        type="button"
        className="quiet"
        disabled={free.length === 0}
        onClick={() => setVaried([...varied, { name: free[0] ?? '', values: '' }])}
      >
        Vary another one
      </button>
      <label className="field">
        Name of the model
        <input name="name" placeholder="as the data set" />
      </label>
      {mayDeploy && (
        <div className="fields">
          <label className="field">
            Alias of the best
            <input name="alias" placeholder="none" />
          </label>
          <label className="field">
            Endpoint that serves the best
            <input name="deploy" placeholder="none" />
          </label>
        </div>
      )}
      <div className="actions">
        <button type="submit" className="primary" disabled={start.isPending}>
          Start
        </button>
        {jobs > 0 && <span className="note">{jobs === 1 ? 'One job' : `${jobs} jobs`}</span>}
      </div>
      {start.error && <Problem error={start.error} />}
    </form>
  )
}

/** @example listOf('0.001, none') // [0.001, 'none'] */
function listOf(text: string): (number | string)[] {
  const parts = text.split(',').map((part) => part.trim())
  return parts.filter((part) => part !== '').map((part) => (Number.isNaN(Number(part)) ? part : Number(part)))
}
