// The newest canary of an endpoint: how far it is and why it ended, and a form for the next.
import { dataOf } from '@graft/client/client'
import { RequestError } from '@graft/client/request-error'
import type { Canary as CanaryShape } from '@graft/client/shapes'
import { useQuery } from '@tanstack/react-query'
import { useChange } from '../change.ts'
import { percent, time } from '../figures.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Facts } from '../parts/facts.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Problem } from '../parts/problem.tsx'
import { ModelLink } from '../parts/references.tsx'
import { Scoped } from '../parts/scoped.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useMay, useSession } from '../session.tsx'
import { CanaryForm } from './canary-form.tsx'

export function Canary({ endpoint: name }: { endpoint: string }) {
  const { graft } = useSession()
  const canary = useQuery({
    queryKey: ['canary', name],
    queryFn: async () => {
      try {
        return dataOf(await graft.http.GET('/v1/endpoints/{name}/canary', { params: { path: { name } } }))
      } catch (error) {
        // There has been none.
        if (error instanceof RequestError && error.status === 404) return null
        throw error
      }
    },
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? 3000 : false),
  })
  return (
    <section>
      <h2>Canary</h2>
      <Loaded query={canary}>
        {(data) => (
          <>
            {data === null ? (
              <p className="empty">
                There has been none: a canary gives a version more of the traffic while it does well.
              </p>
            ) : (
              <Progress canary={data} />
            )}
            {data?.status !== 'running' && (
              <details>
                <summary>Start a canary</summary>
                <Scoped scope="deploy" what="Starting a canary">
                  <CanaryForm endpoint={name} />
                </Scoped>
              </details>
            )}
          </>
        )}
      </Loaded>
    </section>
  )
}

function Progress({ canary }: { canary: CanaryShape }) {
  const { endpoint: name, status, model, share, steps, reason } = canary
  const { graft } = useSession()
  const mayEnd = useMay('deploy') && status === 'running'
  const end = useChange(async () =>
    dataOf(await graft.http.POST('/v1/endpoints/{name}/canary/cancel', { params: { path: { name } } })),
  )
  return (
    <>
      <Facts
        facts={[
          ['Status', <Status key="status" state={status} />],
          ['Version', <ModelLink key="model" reference={model} />],
          [status === 'running' ? 'Share of the traffic' : 'Share when it ended', `${share} %`],
          ['Each step', `${canary.minutes_per_step} min and ${canary.min_requests} images at least`],
          ['May fail at most', percent(canary.max_error_rate)],
          ['May differ at most', percent(canary.max_disagreement)],
          ['Started', time(canary.created_at)],
          canary.finished_at ? ['Ended', time(canary.finished_at)] : null,
        ]}
      />
      <p>{reason}</p>
      <Table
        columns={[
          { title: 'Share', is: 'number' },
          { title: 'Answered', is: 'number' },
          { title: 'Failed', is: 'number' },
          { title: 'Compared', is: 'number' },
          { title: 'Differed', is: 'number' },
          { title: 'Step', is: 'unnamed' },
        ]}
      >
        {steps.map((step) => (
          <tr key={step.share}>
            <td className="number">{step.share} %</td>
            <td className="number">{step.answered}</td>
            <td className="number">{step.failed}</td>
            <td className="number">{step.compared}</td>
            <td className="number">{step.disagreed}</td>
            <td>
              {step.share === share && <span className="tag">{status === 'running' ? 'now' : 'last'}</span>}
            </td>
          </tr>
        ))}
      </Table>
      {mayEnd && (
        <p>
          <Confirm
            title="End the canary"
            says="The traffic returns to what it was before."
            disabled={end.isPending}
            onConfirm={() => end.mutate()}
          />
        </p>
      )}
      {end.error && <Problem error={end.error} />}
    </>
  )
}
