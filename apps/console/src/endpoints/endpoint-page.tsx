// An endpoint: what answers, its faults, its canary, drift and feedback, its history, and what may be changed.
import { dataOf } from '@graft/client/client'
import type { Endpoint } from '@graft/client/shapes'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useChange } from '../change.ts'
import { percent, time } from '../figures.ts'
import { Facts } from '../parts/facts.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { ModelLink } from '../parts/references.tsx'
import { Scoped } from '../parts/scoped.tsx'
import { Status } from '../parts/status.tsx'
import { useMay, useSession } from '../session.tsx'
import { Canary } from './canary.tsx'
import { Drift } from './drift.tsx'
import { Feedback } from './feedback.tsx'
import { Revisions } from './revisions.tsx'
import { thresholdOf } from './threshold.ts'
import { Traffic } from './traffic.tsx'
import { TrafficForm } from './traffic-form.tsx'

export function EndpointPage({ params: { name } }: { params: { name: string } }) {
  const { graft } = useSession()
  const may = useMay('deploy')
  const path = { params: { path: { name } } }
  const endpoint = useQuery({
    queryKey: ['endpoint', name],
    queryFn: async () => dataOf(await graft.http.GET('/v1/endpoints/{name}', path)),
    refetchInterval: 5000,
  })
  const back = useChange(async () => dataOf(await graft.http.POST('/v1/endpoints/{name}/rollback', path)))
  const actions = (
    <>
      {may && (endpoint.data?.revision ?? 0) > 1 && (
        <button type="button" disabled={back.isPending} onClick={() => back.mutate()}>
          Roll back
        </button>
      )}
      <Link className="button primary" href={`/try/${name}`}>
        Try it
      </Link>
    </>
  )
  return (
    <Page title={name} actions={actions}>
      {back.error && <Problem error={back.error} />}
      <Loaded query={endpoint}>
        {(data) => (
          <>
            <Now endpoint={data} />
            <Canary endpoint={name} />
            <Drift endpoint={name} />
            <Feedback endpoint={data} />
            <section>
              <h2>History</h2>
              <Revisions name={name} />
            </section>
            <section>
              <h2>Set traffic</h2>
              <Scoped scope="deploy" what="Changing an endpoint">
                <TrafficForm key={data.revision} name={name} endpoint={data} />
              </Scoped>
            </section>
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Now({ endpoint }: { endpoint: Endpoint }) {
  const { status, traffic, revision, shadow, faults, url, updated_at, thresholds, canary } = endpoint
  return (
    <>
      <Facts
        facts={[
          ['Status', <Status key="status" state={status} />],
          ['Traffic', <Traffic key="traffic" traffic={traffic} />],
          ['Revision', `${revision}, since ${time(updated_at)}`],
          ['Accepts', thresholdOf(endpoint)],
          ...Object.entries(thresholds).map(
            ([label, least]) => [`Accepts ${label}`, `from ${percent(least)} on`] as const,
          ),
          canary ? ['Canary', `${canary.model}, ${canary.share} %`] : null,
          shadow ? ['Shadow', <ModelLink key="shadow" reference={shadow} />] : null,
          ['Asked at', <code key="url">POST {url}</code>],
        ]}
      />
      {faults.map(({ model, message, at }) => (
        <div key={model} className="problem" role="alert">
          <p>
            {model} does not answer since {time(at)}: {message}
          </p>
        </div>
      ))}
    </>
  )
}
