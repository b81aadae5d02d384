// All data sets, and the way for a new one.
import { dataOf } from '@graft/client/client'
import { Link, useLocation } from 'wouter'
import { time } from '../figures.ts'
import { usePages } from '../pages.ts'
import { Page } from '../parts/page.tsx'
import { Rows } from '../parts/rows.tsx'
import { Status } from '../parts/status.tsx'
import { useSession } from '../session.tsx'
import { UploadArchive } from './upload-archive.tsx'

export function DatasetsPage() {
  const { graft } = useSession()
  const [, go] = useLocation()
  const datasets = usePages(
    ['datasets'],
    async (after) => dataOf(await graft.http.GET('/v1/datasets', { params: { query: after } })),
    10_000,
  )
  return (
    <Page title="Data sets">
      <UploadArchive onUploaded={({ dataset, version }) => go(`/datasets/${dataset}/${version}`)} />
      <Rows pages={datasets} empty={<p>There is no data set yet.</p>}>
        {(rows) => (
          <div className="scroll">
            <table>
              <thead>
                <tr>
                  <th>Name</th>
                  <th>Status</th>
                  <th className="number">Newest version</th>
                  <th className="number">Labels</th>
                  <th className="number">Images</th>
                  <th>Made</th>
                </tr>
              </thead>
              <tbody>
                {rows.map(({ id, name, latest, created_at }) => (
                  <tr key={id}>
                    <td>
                      <Link href={`/datasets/${name}`}>{name}</Link>
                    </td>
                    <td>{latest ? <Status state={latest.status} /> : 'no version'}</td>
                    <td className="number">{latest?.version ?? '–'}</td>
                    <td className="number">{latest?.labels.length ?? '–'}</td>
                    <td className="number">{latest?.files.accepted ?? '–'}</td>
                    <td>{time(created_at)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Rows>
    </Page>
  )
}
