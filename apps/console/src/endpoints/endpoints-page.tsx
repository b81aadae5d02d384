// All endpoints with what answers at them, and a form for a new one.
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { time } from '../figures.ts'
import { useEndpoints } from '../lists.ts'
import { Page } from '../parts/page.tsx'
import { Rows } from '../parts/rows.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useMay } from '../session.tsx'
import { Traffic } from './traffic.tsx'
import { TrafficForm } from './traffic-form.tsx'

export function EndpointsPage() {
  const endpoints = useEndpoints(10_000)
  return (
    <Page title="Endpoints">
      <Rows pages={endpoints} empty="There is no endpoint yet: one answers with a model.">
        {(rows) => (
          <Table columns={['Name', 'Status', 'Traffic', { title: 'Revision', is: 'number' }, 'Changed']}>
            {rows.map(({ id, name, status, traffic, revision, updated_at }) => (
              <tr key={id}>
                <td>
                  <Link href={`/endpoints/${name}`}>{name}</Link>
                </td>
                <td>
                  <Status state={status} />
                </td>
                <td>
                  <Traffic traffic={traffic} />
                </td>
                <td className="number">{revision}</td>
                <td>{time(updated_at)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Rows>
      {useMay('deploy') && (
        <details>
          <summary>Make an endpoint</summary>
          <NewEndpoint />
        </details>
      )}
    </Page>
  )
}

function NewEndpoint() {
  const [, go] = useLocation()
  const [name, setName] = useState('')
  return (
    <>
      <label className="field">
        Name
        <input value={name} onChange={(event) => setName(event.target.value)} required />
      </label>
      <TrafficForm name={name.trim()} onDone={() => go(`/endpoints/${name.trim()}`)} />
    </>
  )
}
