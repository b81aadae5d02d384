// A bulk prediction: how far it is, and its results.
import { dataOf } from '@graft/client/client'
import type { Batch } from '@graft/client/shapes'
import { useQuery } from '@tanstack/react-query'
import { useChange } from '../change.ts'
import { bytes, duration, time } from '../figures.ts'
import { blobOf, Downloads } from '../parts/downloads.tsx'
import { Facts } from '../parts/facts.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { DatasetLink, EndpointLink } from '../parts/references.tsx'
import { Scoped } from '../parts/scoped.tsx'
import { Status } from '../parts/status.tsx'
import { WorkProgress } from '../parts/work-progress.tsx'
import { useSession } from '../session.tsx'

export function BatchPage({ params: { id } }: { params: { id: string } }) {
  return (
    <Page title={`Batch …${id.slice(-6)}`}>
      <Scoped scope="predict" what="Seeing a batch">
        <ReadBatch id={id} />
      </Scoped>
    </Page>
  )
}

function ReadBatch({ id }: { id: string }) {
  const { graft } = useSession()
  const path = { params: { path: { id } } }
  const batch = useQuery({
    queryKey: ['batch', id],
    queryFn: async () => dataOf(await graft.http.GET('/v1/batches/{id}', path)),
    refetchInterval: ({ state }) => (state.data && state.data.finished_at === null ? 1000 : false),
  })
  const cancel = useChange(async () => dataOf(await graft.http.POST('/v1/batches/{id}/cancel', path)))
  return (
    <Loaded query={batch}>
      {(data) => (
        <>
          <BatchFacts batch={data} />
          {data.error && <Problem error={data.error} />}
          <WorkProgress title="Progress of the batch" work={data} cancel={cancel} />
          <section>
            <h2>Results</h2>
            <Results batch={data} />
          </section>
        </>
      )}
    </Loaded>
  )
}

function BatchFacts({ batch }: { batch: Batch }) {
  const { status, endpoint, revision, dataset, split, progress, started_at, finished_at } = batch
  const seconds = started_at && finished_at ? (Date.parse(finished_at) - Date.parse(started_at)) / 1000 : null
  return (
    <Facts
      facts={[
        ['Status', <Status key="status" state={status} />],
        [
          'Endpoint',
          <span key="endpoint">
            <EndpointLink name={endpoint} /> <span className="note">as of revision {revision}</span>
          </span>,
        ],
        ['Images of', dataset === null ? 'an archive' : <DatasetLink key="dataset" reference={dataset} />],
        split ? ['Split', split] : null,
        ['Answered', progress.done - progress.failed],
        ['Failed', progress.failed],
        seconds === null ? null : ['Took', duration(seconds)],
        ['Made', time(batch.created_at)],
      ]}
    />
  )
}

function Results({ batch: { id, status, dataset, files } }: { batch: Batch }) {
  if (status !== 'succeeded') {
    const isOver = status === 'failed' || status === 'cancelled'
    return <p className="note">{isOver ? 'It has none.' : 'They are here once all images are done.'}</p>
  }
  const names = Object.entries(files)
  if (names.length === 0) return <p className="note">They were deleted: results are kept for some days.</p>
  const list = (
    <>
      <p className="note">A line for each image: its answer, or why it has none.</p>
      <Downloads
        files={names.map(([name, file]) => ({
          name,
          says: bytes(file.bytes),
          saveAs: `${id}-${name}`,
          fetch: async ({ http }) => {
            const params = { path: { id, file: name } }
            return blobOf(await http.GET('/v1/batches/{id}/files/{file}', { params, parseAs: 'blob' }))
          },
        }))}
      />
    </>
  )
  if (dataset === null) return list
  // They name the images of the data set.
  return (
    <Scoped scope="data" what="Reading results about a data set">
      {list}
    </Scoped>
  )
}
