// The files of a version that were not taken, each with its reason.
import { dataOf } from '@graft/client/client'
import { usePages } from '../pages.ts'
import { Rows } from '../parts/rows.tsx'
import { Table } from '../parts/table.tsx'
import { useSession } from '../session.tsx'

interface FileListProps {
  dataset: string
  version: number
  status: 'rejected' | 'duplicate'
}

const TITLES = { rejected: 'Rejected files', duplicate: 'Duplicates' }

export function FileList({ dataset, version, status }: FileListProps) {
  const { graft } = useSession()
  const files = usePages(['files', dataset, version, status], async (after) => {
    const params = { path: { name: dataset, version }, query: { ...after, status, limit: 25 } }
    return dataOf(await graft.http.GET('/v1/datasets/{name}/versions/{version}/files', { params }))
  })
  return (
    <section>
      <h2>{TITLES[status]}</h2>
      <Rows pages={files} empty="None.">
        {(rows) => (
          <Table columns={['File', 'Reason', 'Code']}>
            {rows.map(({ path, reason }) => (
              <tr key={path}>
                <td className="path">{path}</td>
                <td>{reason?.message}</td>
                <td>
                  <code>{reason?.code}</code>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Rows>
    </section>
  )
}
