// API keys: who may do what, until when, and a form for a new one.
import { useState } from 'react'
import { day, time } from '../figures.ts'
import { useKeys } from '../lists.ts'
import { Rows } from '../parts/rows.tsx'
import { Secret } from '../parts/secret.tsx'
import { Table } from '../parts/table.tsx'
import { useSession } from '../session.tsx'
import { KeyControls } from './key-controls.tsx'
import { NewKey } from './new-key.tsx'
import { OperationsPage } from './operations-page.tsx'

export interface ShownKey {
  name: string
  key: string
}

export function KeysPage() {
  return (
    <OperationsPage title="API keys" what="Seeing and making keys">
      <Keys />
    </OperationsPage>
  )
}

function Keys() {
  const { key: own } = useSession()
  const [shown, setShown] = useState<ShownKey>()
  const keys = useKeys()
  return (
    <>
      {shown && (
        <Secret title={`Key “${shown.name}”`} secret={shown.key} onKept={() => setShown(undefined)} />
      )}
      <Rows pages={keys} empty="There is no key.">
        {(rows) => (
          <Table
            columns={['Name', 'Scopes', 'Made', 'Expires', 'Last used', { title: 'Change', is: 'unnamed' }]}
          >
            {rows.map((key) => (
              <tr key={key.id}>
                <td>
                  {key.name} {key.id === own.id && <span className="note">yours</span>}
                  <div className="note">{key.id}</div>
                </td>
                <td className="links">
                  {key.scopes.map((scope) => (
                    <span key={scope} className="tag">
                      {scope}
                    </span>
                  ))}
                </td>
                <td className="when">{day(key.created_at)}</td>
                <td>{expiryOf(key.expires_at)}</td>
                <td className="when">{key.last_used_at ? time(key.last_used_at) : 'never'}</td>
                <td>
                  <KeyControls apiKey={key} onShown={setShown} />
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Rows>
      <details>
        <summary>Make a key</summary>
        <NewKey onMade={setShown} />
      </details>
    </>
  )
}

function expiryOf(expires: string | null) {
  if (expires === null) return 'never'
  const hasPassed = Date.parse(expires) <= Date.now()
  return hasPassed ? <span className="wrong">expired {time(expires)}</span> : time(expires)
}
