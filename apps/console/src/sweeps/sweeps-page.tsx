// All sweeps, the newest first.
import { dataOf } from '@graft/client/client'
import { Link } from 'wouter'
import { time, words } from '../figures.ts'
import { JobTabs } from '../jobs/job-tabs.tsx'
import { usePages } from '../pages.ts'
import { Page } from '../parts/page.tsx'
import { DatasetLink, ModelLink, SweepLink } from '../parts/references.tsx'
import { Rows } from '../parts/rows.tsx'
import { Scoped } from '../parts/scoped.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useMay, useSession } from '../session.tsx'

export function SweepsPage() {
  const start = useMay('train') && (
    <Link className="button primary" href="/sweeps/new">
      Start a sweep
    </Link>
  )
  return (
    <Page title="Sweeps" actions={start}>
      <JobTabs />
      <Scoped scope="train" what="Seeing and starting sweeps">
        <Sweeps />
      </Scoped>
    </Page>
  )
}

function Sweeps() {
  const { graft } = useSession()
  const sweeps = usePages(
    ['sweeps'],
    async (after) => dataOf(await graft.http.GET('/v1/fine_tuning/sweeps', { params: { query: after } })),
    4000,
  )
  return (
    <Rows pages={sweeps} empty="There is no sweep yet: one starts a job for each combination of settings.">
      {(rows) => (
        <Table
          columns={['Sweep', 'Status', 'Data set', 'Varies', { title: 'Jobs', is: 'number' }, 'Best', 'Made']}
        >
          {rows.map(({ id, status, training_dataset, values, jobs, best, created_at }) => (
            <tr key={id}>
              <td>
                <SweepLink id={id} />
              </td>
              <td>
                <Status state={status} />
              </td>
              <td>
                <DatasetLink reference={training_dataset} />
              </td>
              <td>{Object.keys(values).map(words).join(', ')}</td>
              <td className="number">{jobs.length}</td>
              <td>{best ? <ModelLink reference={best} /> : '–'}</td>
              <td>{time(created_at)}</td>
            </tr>
          ))}
        </Table>
      )}
    </Rows>
  )
}
