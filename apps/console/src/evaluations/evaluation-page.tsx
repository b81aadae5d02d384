// An evaluation: how far it is, and how the model version answers on these images.
import { dataOf } from '@graft/client/client'
import { useQuery } from '@tanstack/react-query'
import { useChange } from '../change.ts'
import { decimal, percent, time } from '../figures.ts'
import { SplitReport } from '../models/split-report.tsx'
import { Facts } from '../parts/facts.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { DatasetLink, ModelLink } from '../parts/references.tsx'
import { Scoped } from '../parts/scoped.tsx'
import { Status } from '../parts/status.tsx'
import { WorkProgress } from '../parts/work-progress.tsx'
import { useSession } from '../session.tsx'

export function EvaluationPage({ params: { id } }: { params: { id: string } }) {
  return (
    <Page title={`Evaluation …${id.slice(-6)}`}>
      <Scoped scope="train" what="Seeing an evaluation">
        <Evaluation id={id} />
      </Scoped>
    </Page>
  )
}

function Evaluation({ id }: { id: string }) {
  const { graft } = useSession()
  const path = { params: { path: { id } } }
  const evaluation = useQuery({
    queryKey: ['evaluation', id],
    queryFn: async () => dataOf(await graft.http.GET('/v1/evaluations/{id}', path)),
    refetchInterval: ({ state }) => (state.data && state.data.finished_at === null ? 1000 : false),
  })
  const cancel = useChange(async () => dataOf(await graft.http.POST('/v1/evaluations/{id}/cancel', path)))
  return (
    <Loaded query={evaluation}>
      {({ status, model, dataset, split, progress, metrics, error, created_at, finished_at }) => (
        <>
          <Facts
            facts={[
              ['Status', <Status key="status" state={status} />],
              ['Model', <ModelLink key="model" reference={model} />],
              ['Data set', <DatasetLink key="dataset" reference={dataset} />],
              ['Split', split],
              metrics ? ['Accuracy', percent(metrics.accuracy)] : null,
              metrics ? ['Loss', decimal(metrics.loss)] : null,
              ['Made', time(created_at)],
            ]}
          />
          {error && <Problem error={error} />}
          <WorkProgress title="Progress of the evaluation" work={{ progress, finished_at }} cancel={cancel} />
          {status === 'succeeded' && <Measured id={id} />}
        </>
      )}
    </Loaded>
  )
}

function Measured({ id }: { id: string }) {
  const { graft } = useSession()
  const report = useQuery({
    queryKey: ['evaluation report', id],
    queryFn: async () =>
      dataOf(await graft.http.GET('/v1/evaluations/{id}/report', { params: { path: { id } } })),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <>
      <h2>Answers</h2>
      <Loaded query={report}>
        {(data) => <SplitReport report={data} labels={data.labels} dataset={data.dataset} />}
      </Loaded>
    </>
  )
}
