// What a model version was measured on since its training, and a form to measure it once more.
import { dataOf } from '@graft/client/client'
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { useChange } from '../change.ts'
import { SPLITS } from '../datasets/splits.ts'
import { decimal, percent, time } from '../figures.ts'
import { usePages } from '../pages.ts'
import { DatasetField } from '../parts/dataset-field.tsx'
import { Problem } from '../parts/problem.tsx'
import { DatasetLink, EvaluationLink } from '../parts/references.tsx'
import { Rows } from '../parts/rows.tsx'
import { Scoped } from '../parts/scoped.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useSession } from '../session.tsx'

export function Evaluations({ reference }: { reference: string }) {
  return (
    <section>
      <h2>Evaluations</h2>
      <Scoped scope="train" what="Measuring a model">
        <List reference={reference} />
        <details>
          <summary>Measure it on other images</summary>
          <NewEvaluation reference={reference} />
        </details>
      </Scoped>
    </section>
  )
}

function List({ reference }: { reference: string }) {
  const { graft } = useSession()
  const evaluations = usePages(
    ['evaluations', reference],
    async (after) => {
      const params = { path: { reference }, query: { ...after, limit: 10 } }
      return dataOf(await graft.http.GET('/v1/models/{reference}/evaluations', { params }))
    },
    4000,
  )
  return (
    <Rows pages={evaluations} empty="It was measured on nothing but its own held-out images yet.">
      {(rows) => (
        <Table
          columns={[
            'Evaluation',
            'Status',
            'Data set',
            'Split',
            { title: 'Accuracy', is: 'number' },
            { title: 'Loss', is: 'number' },
            'Made',
          ]}
        >
          {rows.map(({ id, status, dataset, split, metrics, created_at }) => (
            <tr key={id}>
              <td>
                <EvaluationLink id={id} />
              </td>
              <td>
                <Status state={status} />
              </td>
              <td>
                <DatasetLink reference={dataset} />
              </td>
              <td>{split}</td>
              <td className="number">{percent(metrics?.accuracy)}</td>
              <td className="number">{decimal(metrics?.loss)}</td>
              <td>{time(created_at)}</td>
            </tr>
          ))}
        </Table>
      )}
    </Rows>
  )
}

function NewEvaluation({ reference }: { reference: string }) {
  const { graft } = useSession()
  const [, go] = useLocation()
  const [dataset, setDataset] = useState('')
  const [split, setSplit] = useState<(typeof SPLITS)[number]>('test')
  const start = useChange(
    async () => {
      const params = { path: { reference } }
      const body = { dataset: dataset.trim(), split }
      return dataOf(await graft.http.POST('/v1/models/{reference}/evaluations', { params, body }))
    },
    ({ id }) => go(`/evaluations/${id}`),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    start.mutate()
  }
  return (
    <form className="form" onSubmit={submit}>
      <div className="fields">
        <DatasetField value={dataset} onChange={(event) => setDataset(event.target.value)} />
        <label className="field">
          Split
          <select value={split} onChange={(event) => setSplit(event.target.value as typeof split)}>
            {SPLITS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <div className="actions">
        <button type="submit" className="primary" disabled={start.isPending}>
          Measure
        </button>
      </div>
      {start.error && <Problem error={start.error} />}
    </form>
  )
}
