// What each API key has asked for, by day.
import { dataOf } from '@graft/client/client'
import { useState } from 'react'
import { decimal } from '../figures.ts'
import { useKeys } from '../lists.ts'
import { usePages } from '../pages.ts'
import { Rows } from '../parts/rows.tsx'
import { Table } from '../parts/table.tsx'
import { useSession } from '../session.tsx'
import { KeyChoice } from './key-choice.tsx'
import { OperationsPage } from './operations-page.tsx'

export function UsagePage() {
  return (
    <OperationsPage title="Usage" what="Reading the usage">
      <Days />
    </OperationsPage>
  )
}

function Days() {
  const { graft } = useSession()
  const [filter, setFilter] = useState({ key: '', from: '', to: '' })
  const names = new Map(useKeys().rows?.map(({ id, name }) => [id, name]))
  const days = usePages(['usage', filter], async (after) => {
    const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ''))
    const query = { ...after, ...given, limit: 50 }
    return dataOf(await graft.http.GET('/v1/usage', { params: { query } }))
  })
  return (
    <>
      <div className="filters">
        <KeyChoice value={filter.key} onChange={(key) => setFilter({ ...filter, key })} />
        {(['from', 'to'] as const).map((end) => (
          <label key={end} className="inline">
            {end === 'from' ? 'From' : 'To'}{' '}
            <input
              type="date"
              value={filter[end]}
              onChange={(event) => setFilter({ ...filter, [end]: event.target.value })}
            />
          </label>
        ))}
      </div>
      <p className="note">
        Days are of UTC. Predictions are requests that were answered, and images answered in bulk.
      </p>
      <Rows pages={days} empty="Nothing was asked for in these days.">
        {(rows) => (
          <Table
            columns={[
              'Day',
              'Key',
              { title: 'Requests', is: 'number' },
              { title: 'Failed', is: 'number' },
              { title: 'Predictions', is: 'number' },
              { title: 'Mean time, ms', is: 'number' },
            ]}
          >
            {rows.map(({ day, key, requests, failed, predictions, milliseconds }) => (
              <tr key={`${day} ${key}`}>
                <td>{day}</td>
                <td title={key}>{names.get(key) ?? key}</td>
                <td className="number">{requests}</td>
                <td className={`number ${failed > 0 ? 'wrong' : ''}`}>{failed}</td>
                <td className="number">{predictions}</td>
                <td className="number">{requests > 0 ? decimal(milliseconds / requests, 1) : '–'}</td>
              </tr>
            ))}
          </Table>
        )}
      </Rows>
    </>
  )
}
