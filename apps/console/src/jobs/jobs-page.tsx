// All fine-tuning jobs, the newest first.
import { dataOf } from '@graft/client/client'
import { Link } from 'wouter'
import { percent, time } from '../figures.ts'
import { usePages } from '../pages.ts'
import { Page } from '../parts/page.tsx'
import { DatasetLink, JobLink, ModelLink } from '../parts/references.tsx'
import { Rows } from '../parts/rows.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useSession } from '../session.tsx'
import { JobTabs } from './job-tabs.tsx'
import { placeOf } from './place.ts'

export function JobsPage() {
  const { graft } = useSession()
  const jobs = usePages(
    ['jobs'],
    async (after) => dataOf(await graft.http.GET('/v1/fine_tuning/jobs', { params: { query: after } })),
    4000,
  )
  const start = (
    <Link className="button primary" href="/jobs/new">
      Start a job
    </Link>
  )
  return (
    <Page title="Jobs" actions={start}>
      <JobTabs />
      <Rows pages={jobs} empty="There is no job yet: one fine-tunes a network on a data set.">
        {(rows) => (
          <Table
            columns={[
              'Job',
              'Status',
              'Data set',
              'Recipe',
              'Model',
              { title: 'Accuracy', is: 'number' },
              'Made',
            ]}
          >
            {rows.map((job) => (
              <tr key={job.id}>
                <td>
                  <JobLink id={job.id} />
                </td>
                <td>
                  <Status state={job.status} /> <span className="note">{placeOf(job)}</span>
                </td>
                <td>
                  <DatasetLink reference={job.training_dataset} />
                </td>
                <td>{job.recipe}</td>
                <td>{job.fine_tuned_model ? <ModelLink reference={job.fine_tuned_model} /> : job.name}</td>
                <td className="number">
                  {percent(job.metrics.test_accuracy ?? job.metrics.validation_accuracy)}
                </td>
                <td>{time(job.created_at)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Rows>
    </Page>
  )
}
