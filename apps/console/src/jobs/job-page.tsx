// A job: what it does, how far it is, its curves as they grow, and what it has said.
import type { Job } from '@graft/client/shapes'
import { useQuery } from '@tanstack/react-query'
import { decimal, duration, percent, time, words } from '../figures.ts'
import { Facts } from '../parts/facts.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { DatasetLink, EndpointLink, ModelLink } from '../parts/references.tsx'
import { Status } from '../parts/status.tsx'
import { useSession } from '../session.tsx'
import { JobControls } from './job-controls.tsx'
import { JobCurves } from './job-curves.tsx'
import { useJobFeed } from './job-feed.ts'
import { JobLog } from './job-log.tsx'
import { JobProgress } from './job-progress.tsx'
import { placeOf } from './place.ts'

export function JobPage({ params: { id } }: { params: { id: string } }) {
  const { graft } = useSession()
  const job = useQuery({
    queryKey: ['job', id],
    queryFn: () => graft.job(id).read(),
    refetchInterval: ({ state }) => (state.data && state.data.finished_at === null ? 2000 : false),
  })
  const feed = useJobFeed(id)
  return (
    <Page
      title={job.data ? `Job for ${job.data.name}` : 'Job'}
      actions={job.data && <JobControls job={job.data} />}
    >
      <Loaded query={job}>
        {(data) => (
          <>
            <JobFacts job={data} />
            {data.error && <Problem error={data.error} />}
            {data.status === 'running' && <JobProgress progress={feed.progress ?? data.progress} />}
            <JobCurves feed={feed} />
            <JobLog feed={feed} />
            <Settings job={data} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function JobFacts({ job }: { job: Job }) {
  const { metrics, started_at, finished_at, deploy, fine_tuned_model } = job
  const seconds = started_at && finished_at ? (Date.parse(finished_at) - Date.parse(started_at)) / 1000 : null
  const accuracy = metrics.test_accuracy ?? metrics.validation_accuracy
  return (
    <Facts
      facts={[
        [
          'Status',
          <span key="status">
            <Status state={job.status} />{' '}
            {job.requested && <span className="note">asked to {job.requested}</span>}{' '}
            <span className="note">{placeOf(job)}</span>
          </span>,
        ],
        ['Data set', <DatasetLink key="dataset" reference={job.training_dataset} />],
        ['Recipe', job.recipe],
        fine_tuned_model ? ['Model', <ModelLink key="model" reference={fine_tuned_model} />] : null,
        deploy ? ['Endpoint', <EndpointLink key="endpoint" name={deploy} />] : null,
        accuracy === undefined
          ? null
          : [
              metrics.test_accuracy === undefined ? 'Validation accuracy' : 'Test accuracy',
              percent(accuracy),
            ],
        metrics.images_per_second === undefined
          ? null
          : ['Speed', `${decimal(metrics.images_per_second, 1)} images/s`],
        seconds === null ? null : ['Took', duration(seconds)],
        job.attempt > 1 ? ['Attempt', job.attempt] : null,
        ['Made', time(job.created_at)],
      ]}
    />
  )
}

function Settings({ job: { hyperparameters, engine, seed, id } }: { job: Job }) {
  const { preprocessing: _, ...own } = hyperparameters
  return (
    <details>
      <summary>Hyper-parameters</summary>
      <Facts
        facts={[
          ['job', <code key="id">{id}</code>],
          ['engine', engine ?? '–'],
          ['seed', seed],
          ...Object.entries(own).map(([name, value]) => [words(name), String(value ?? 'none')] as const),
        ]}
      />
    </details>
  )
}
