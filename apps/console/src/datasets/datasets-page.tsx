// All data sets, and the way for a new one.
import { Link, useLocation } from 'wouter'
import { time } from '../figures.ts'
import { useDatasets } from '../lists.ts'
import { Page } from '../parts/page.tsx'
import { Rows } from '../parts/rows.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { UploadArchive } from './upload-archive.tsx'

export function DatasetsPage() {
  const [, go] = useLocation()
  const datasets = useDatasets(10_000)
  return (
    <Page title="Data sets">
      <UploadArchive onUploaded={({ dataset, version }) => go(`/datasets/${dataset}/${version}`)} />
      <Rows pages={datasets} empty={<p>There is no data set yet.</p>}>
        {(rows) => (
          <Table
            columns={[
              'Name',
              'Status',
              { title: 'Newest version', is: 'number' },
              { title: 'Labels', is: 'number' },
              { title: 'Images', is: 'number' },
              'Made',
            ]}
          >
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
          </Table>
        )}
      </Rows>
    </Page>
  )
}
