// What was sent to a webhook, the newest first, with each attempt.
import { dataOf } from '@graft/client/client'
import type { WebhookDelivery } from '@graft/client/shapes'
import { useChange } from '../change.ts'
import { time } from '../figures.ts'
import { usePages } from '../pages.ts'
import { Problem } from '../parts/problem.tsx'
import { Rows } from '../parts/rows.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useSession } from '../session.tsx'

export function Deliveries({ webhook: id }: { webhook: string }) {
  const { graft } = useSession()
  const deliveries = usePages(
    ['deliveries', id],
    async (after) => {
      const params = { path: { id }, query: { ...after, limit: 25 } }
      return dataOf(await graft.http.GET('/v1/webhooks/{id}/deliveries', { params }))
    },
    4000,
  )
  const resend = useChange(async (delivery: string) => {
    const params = { path: { id, delivery } }
    return dataOf(await graft.http.POST('/v1/webhooks/{id}/deliveries/{delivery}/resend', { params }))
  })
  return (
    <>
      {resend.error && <Problem error={resend.error} />}
      <Rows pages={deliveries} empty="Nothing was sent to it yet.">
        {(rows) => (
          <Table columns={['Event', 'Status', 'Made', 'Attempts', { title: 'Send again', is: 'unnamed' }]}>
            {rows.map((delivery) => (
              <tr key={delivery.id}>
                <td>{delivery.type}</td>
                <td>
                  <Status state={delivery.status} />
                  {delivery.next_attempt_at && (
                    <div className="note">next {time(delivery.next_attempt_at)}</div>
                  )}
                </td>
                <td>{time(delivery.created_at)}</td>
                <td>
                  <Attempts attempts={delivery.attempts} />
                </td>
                <td>
                  <button
                    type="button"
                    disabled={resend.isPending}
                    onClick={() => resend.mutate(delivery.id)}
                  >
                    Send again
                  </button>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Rows>
    </>
  )
}

function Attempts({ attempts }: Pick<WebhookDelivery, 'attempts'>) {
  if (attempts.length === 0) return <span className="note">none yet</span>
  return (
    <ol className="plain">
      {attempts.map(({ at, status, error, milliseconds }) => (
        <li key={at}>
          {time(at)}: {status === null ? (error ?? 'no answer') : `answered ${status}`}{' '}
          <span className="note">{milliseconds} ms</span>
        </li>
      ))}
    </ol>
  )
}
