// A sweep: its jobs beside each other, the best first.
import { dataOf } from '@graft/client/client'
import type { Sweep } from '@graft/client/shapes'
import { useQuery } from '@tanstack/react-query'
import { useChange } from '../change.ts'
import { decimal, percent, time, words } from '../figures.ts'
import { Facts } from '../parts/facts.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { DatasetLink, EndpointLink, JobLink, ModelLink } from '../parts/references.tsx'
import { Scoped } from '../parts/scoped.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useSession } from '../session.tsx'

export function SweepPage({ params: { id } }: { params: { id: string } }) {
  return (
    <Page title={`Sweep …${id.slice(-6)}`}>
      <Scoped scope="train" what="Seeing a sweep">
        <ReadSweep id={id} />
      </Scoped>
    </Page>
  )
}

function ReadSweep({ id }: { id: string }) {
  const { graft } = useSession()
  const path = { params: { path: { id } } }
  const sweep = useQuery({
    queryKey: ['sweep', id],
    queryFn: async () => dataOf(await graft.http.GET('/v1/fine_tuning/sweeps/{id}', path)),
    refetchInterval: ({ state }) => (state.data && state.data.finished_at === null ? 2000 : false),
  })
  const cancel = useChange(async () =>
    dataOf(await graft.http.POST('/v1/fine_tuning/sweeps/{id}/cancel', path)),
  )
  return (
    <Loaded query={sweep}>
      {(data) => (
        <>
          <Facts
            facts={[
              ['Status', <Status key="status" state={data.status} />],
              ['Model', data.name],
              ['Data set', <DatasetLink key="dataset" reference={data.training_dataset} />],
              data.best ? ['Best', <ModelLink key="best" reference={data.best} />] : null,
              data.alias ? ['Alias of the best', `@${data.alias}`] : null,
              data.deploy ? ['Serves the best', <EndpointLink key="deploy" name={data.deploy} />] : null,
              ['Made', time(data.created_at)],
            ]}
          />
          {data.error && <Problem error={data.error} />}
          {data.finished_at === null && (
            <button
              type="button"
              className="danger"
              disabled={cancel.isPending}
              onClick={() => cancel.mutate()}
            >
              Cancel all
            </button>
          )}
          {cancel.error && <Problem error={cancel.error} />}
          <section>
            <h2>Jobs</h2>
            <p className="note">
              The best first, by the loss on the validation images: the test images choose nothing.
            </p>
            <Jobs sweep={data} />
          </section>
        </>
      )}
    </Loaded>
  )
}

function Jobs({ sweep: { values, jobs, best } }: { sweep: Sweep }) {
  const varied = Object.keys(values) as (keyof Sweep['values'])[]
  return (
    <Table
      columns={[
        'Job',
        'Status',
        ...varied.map((name) => ({ title: words(name), is: 'number' as const })),
        { title: 'Validation loss', is: 'number' },
        { title: 'Validation accuracy', is: 'number' },
        { title: 'Test accuracy', is: 'number' },
        'Model',
      ]}
    >
      {jobs.map(({ id, status, hyperparameters, metrics, model }) => (
        <tr key={id}>
          <td>
            <JobLink id={id} />
          </td>
          <td>
            <Status state={status} />
          </td>
          {varied.map((name) => (
            <td key={name} className="number">
              {hyperparameters[name] ?? '–'}
            </td>
          ))}
          <td className="number">{decimal(metrics.validation_loss)}</td>
          <td className="number">{percent(metrics.validation_accuracy)}</td>
          <td className="number">{percent(metrics.test_accuracy)}</td>
          <td>
            {model ? <ModelLink reference={model} /> : '–'}{' '}
            {model !== null && model === best && <span className="tag">best</span>}
          </td>
        </tr>
      ))}
    </Table>
  )
}
