// How far an endpoint's answers have moved from those that its models gave when they were measured.
import { dataOf } from '@graft/client/client'
import type { Drift as DriftShape } from '@graft/client/shapes'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { decimal, percent, time } from '../figures.ts'
import { Bar } from '../parts/bar.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { ModelLink } from '../parts/references.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useSession } from '../session.tsx'

type Model = DriftShape['models'][number]

const DAYS = { 1: 'the last day', 7: 'the last week', 30: 'the last 30 days' }

export function Drift({ endpoint: name }: { endpoint: string }) {
  const { graft } = useSession()
  const [days, setDays] = useState('1')
  const drift = useQuery({
    queryKey: ['drift', name, days],
    queryFn: async () => {
      const since = new Date(Date.now() - Number(days) * 86_400_000).toISOString()
      const params = { path: { name }, query: { since } }
      return dataOf(await graft.http.GET('/v1/endpoints/{name}/drift', { params }))
    },
  })
  return (
    <section>
      <div className="heading">
        <h2>Drift</h2>
        <label className="inline">
          Answers of{' '}
          <select value={days} onChange={(event) => setDays(event.target.value)}>
            {Object.entries(DAYS).map(([value, title]) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Loaded query={drift}>
        {({ models, since }) =>
          models.length === 0 ? (
            <p className="empty">It has answered nothing since {time(since)}.</p>
          ) : (
            models.map((model) => <ModelDrift key={model.model} drift={model} />)
          )
        }
      </Loaded>
    </section>
  )
}

function ModelDrift({ drift: { model, predictions, reference, confidence, labels } }: { drift: Model }) {
  return (
    <>
      <p>
        <ModelLink reference={model} />: {predictions} answers,{' '}
        {reference
          ? `beside those for the ${reference.images} images of its ${reference.split} split.`
          : 'and no measured ones to compare them with: its report has none.'}
      </p>
      <div className="columns">
        <Spread
          title="First labels"
          compared={labels}
          rows={labels.counts.map(({ label, ...counts }) => ({ title: label, ...counts }))}
        />
        <Spread
          title="Confidence"
          compared={confidence}
          rows={confidence.bins.map(({ from, to, ...counts }) => ({ title: `${from} to ${to}`, ...counts }))}
        />
      </div>
    </>
  )
}

interface SpreadProps {
  title: string
  compared: Pick<Model['labels'], 'psi' | 'threshold' | 'status'>
  rows: { title: string; served: number; reference: number | null }[]
}

function Spread({ title, compared: { psi, threshold, status }, rows }: SpreadProps) {
  const total = (of: 'served' | 'reference') => rows.reduce((sum, row) => sum + (row[of] ?? 0), 0)
  const [served, reference] = [total('served') || 1, total('reference') || 1]
  return (
    <div>
      <h3>
        {title} {status && <Status state={status} />}
      </h3>
      {psi !== null && (
        <p className="note">
          Population stability index {decimal(psi)}
          {threshold !== null && `; shifted from ${decimal(threshold)} on`}.
        </p>
      )}
      <Table
        columns={[
          title === 'Confidence' ? 'From, to' : 'Label',
          { title: 'Shares', is: 'unnamed' },
          { title: 'Now', is: 'number', colour: 0 },
          { title: 'Measured', is: 'number', colour: 1 },
        ]}
      >
        {rows.map((row) => (
          <tr key={row.title}>
            <th scope="row">{row.title}</th>
            <td className="wide">
              <Bar parts={[row.served / served]} of={1} />
              {row.reference !== null && <Bar parts={[0, row.reference / reference]} of={1} />}
            </td>
            <td className="number">{percent(row.served / served)}</td>
            <td className="number">{percent(row.reference === null ? null : row.reference / reference)}</td>
          </tr>
        ))}
      </Table>
    </div>
  )
}
