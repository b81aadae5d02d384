// A webhook: what was sent to it, each attempt, and sending it again.
import { dataOf } from '@graft/client/client'
import { useQuery } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { useChange } from '../change.ts'
import { time } from '../figures.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Facts } from '../parts/facts.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Problem } from '../parts/problem.tsx'
import { useSession } from '../session.tsx'
import { Deliveries } from './deliveries.tsx'
import { OperationsPage } from './operations-page.tsx'

export function WebhookPage({ params: { id } }: { params: { id: string } }) {
  return (
    <OperationsPage title="Webhook" what="Seeing a webhook">
      <Webhook id={id} />
    </OperationsPage>
  )
}

function Webhook({ id }: { id: string }) {
  const { graft } = useSession()
  const [, go] = useLocation()
  const path = { params: { path: { id } } }
  const webhook = useQuery({
    queryKey: ['webhook', id],
    queryFn: async () => dataOf(await graft.http.GET('/v1/webhooks/{id}', path)),
  })
  const remove = useChange(
    async () => dataOf(await graft.http.DELETE('/v1/webhooks/{id}', path)),
    () => go('/webhooks'),
  )
  return (
    <Loaded query={webhook}>
      {({ url, events, created_at }) => (
        <>
          <Facts
            facts={[
              ['Address', <code key="url">{url}</code>],
              ['Hears of', events.join(', ')],
              ['Made', time(created_at)],
            ]}
          />
          <Confirm
            title="Delete"
            says="What waits for it is not sent, and its history goes."
            disabled={remove.isPending}
            onConfirm={() => remove.mutate()}
          />
          {remove.error && <Problem error={remove.error} />}
          <section>
            <h2>Deliveries</h2>
            <Deliveries webhook={id} />
          </section>
        </>
      )}
    </Loaded>
  )
}
