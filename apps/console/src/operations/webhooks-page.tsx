// Webhooks: who hears of which events, and a form for a new one.
import { dataOf } from '@graft/client/client'
import { useState } from 'react'
import { Link } from 'wouter'
import { time } from '../figures.ts'
import { usePages } from '../pages.ts'
import { Rows } from '../parts/rows.tsx'
import { Secret } from '../parts/secret.tsx'
import { Table } from '../parts/table.tsx'
import { useSession } from '../session.tsx'
import { NewWebhook } from './new-webhook.tsx'
import { OperationsPage } from './operations-page.tsx'

export function WebhooksPage() {
  return (
    <OperationsPage title="Webhooks" what="Seeing and making webhooks">
      <Webhooks />
    </OperationsPage>
  )
}

function Webhooks() {
  const { graft } = useSession()
  const [shown, setShown] = useState<{ url: string; secret: string }>()
  const webhooks = usePages(['webhooks'], async (after) =>
    dataOf(await graft.http.GET('/v1/webhooks', { params: { query: after } })),
  )
  return (
    <>
      {shown && (
        <Secret
          title={`What signs the events to ${shown.url}`}
          secret={shown.secret}
          onKept={() => setShown(undefined)}
        />
      )}
      <Rows pages={webhooks} empty="There is no webhook: one has events sent to an address of yours.">
        {(rows) => (
          <Table columns={['Address', 'Events', 'Made']}>
            {rows.map(({ id, url, events, created_at }) => (
              <tr key={id}>
                <td className="path">
                  <Link href={`/webhooks/${id}`}>{url}</Link>
                </td>
                <td className="links">
                  {events.map((event) => (
                    <span key={event} className="tag">
                      {event}
                    </span>
                  ))}
                </td>
                <td>{time(created_at)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Rows>
      <details>
        <summary>Make a webhook</summary>
        <NewWebhook onMade={setShown} />
      </details>
    </>
  )
}
