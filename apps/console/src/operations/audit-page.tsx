// The audit log: every change that was asked for, by whom, and what came of it.
import { dataOf } from '@graft/client/client'
import { type FormEvent, useState } from 'react'
import { time } from '../figures.ts'
import { usePages } from '../pages.ts'
import { Rows } from '../parts/rows.tsx'
import { Table } from '../parts/table.tsx'
import { useSession } from '../session.tsx'
import { KeyChoice } from './key-choice.tsx'
import { OperationsPage } from './operations-page.tsx'

export function AuditPage() {
  return (
    <OperationsPage title="Audit log" what="Reading the audit log">
      <Entries />
    </OperationsPage>
  )
}

function Entries() {
  const { graft } = useSession()
  const [key, setKey] = useState('')
  const [resource, setResource] = useState('')
  const entries = usePages(['audit', key, resource], async (after) => {
    const query = { ...after, ...(key && { key }), ...(resource && { resource }), limit: 50 }
    return dataOf(await graft.http.GET('/v1/audit', { params: { query } }))
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setResource(String(new FormData(event.currentTarget).get('resource')).trim())
  }
  return (
    <>
      <div className="filters">
        <KeyChoice value={key} onChange={setKey} />
        <form className="inline" onSubmit={submit}>
          <label className="inline">
            Made or changed <input name="resource" placeholder="any id" />
          </label>
          <button type="submit">Show</button>
        </form>
      </div>
      <Rows
        pages={entries}
        empty={key || resource ? 'No change is of these.' : 'Nobody has asked for a change yet.'}
      >
        {(rows) => (
          <Table
            columns={[
              'When',
              'Key',
              'Asked for',
              { title: 'Answer', is: 'number' },
              'Made or changed',
              'Request',
            ]}
          >
            {rows.map(({ id, at, key: by, method, path, status, resource: made, request_id }) => (
              <tr key={id}>
                <td className="when">{time(at)}</td>
                <td title={by.id}>{by.name}</td>
                <td className="path">
                  {method} {path}
                </td>
                <td className={`number ${status >= 400 ? 'wrong' : ''}`}>{status}</td>
                <td className="path">{made ?? '–'}</td>
                <td className="path">{request_id}</td>
              </tr>
            ))}
          </Table>
        )}
      </Rows>
    </>
  )
}
