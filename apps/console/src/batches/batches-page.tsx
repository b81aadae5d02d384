// All bulk predictions, the newest first, and a form for a new one.
import { dataOf } from '@graft/client/client'
import { time } from '../figures.ts'
import { usePages } from '../pages.ts'
import { Page } from '../parts/page.tsx'
import { BatchLink, DatasetLink, EndpointLink } from '../parts/references.tsx'
import { Rows } from '../parts/rows.tsx'
import { Scoped } from '../parts/scoped.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useSession } from '../session.tsx'
import { NewBatch } from './new-batch.tsx'

export function BatchesPage() {
  return (
    <Page title="Batches">
      <p className="note">
        A batch asks an endpoint about many images; callers who wait for an answer go before it.
      </p>
      <Scoped scope="predict" what="Seeing and starting batches">
        <Batches />
        <details>
          <summary>Start a batch</summary>
          <NewBatch />
        </details>
      </Scoped>
    </Page>
  )
}

function Batches() {
  const { graft } = useSession()
  const batches = usePages(
    ['batches'],
    async (after) => dataOf(await graft.http.GET('/v1/batches', { params: { query: after } })),
    4000,
  )
  return (
    <Rows pages={batches} empty="There is no batch yet.">
      {(rows) => (
        <Table
          columns={[
            'Batch',
            'Status',
            'Endpoint',
            'Images of',
            { title: 'Done', is: 'number' },
            { title: 'Failed', is: 'number' },
            'Made',
          ]}
        >
          {rows.map(({ id, status, endpoint, dataset, split, progress, created_at }) => (
            <tr key={id}>
              <td>
                <BatchLink id={id} />
              </td>
              <td>
                <Status state={status} />
              </td>
              <td>
                <EndpointLink name={endpoint} />
              </td>
              <td>
                {dataset === null ? 'an archive' : <DatasetLink reference={dataset} />}{' '}
                {split && <span className="note">{split}</span>}
              </td>
              <td className="number">
                {progress.done} of {progress.images}
              </td>
              <td className={`number ${progress.failed > 0 ? 'wrong' : ''}`}>{progress.failed}</td>
              <td>{time(created_at)}</td>
            </tr>
          ))}
        </Table>
      )}
    </Rows>
  )
}
