// What an endpoint has been, the newest first.
import { dataOf } from '@graft/client/client'
import { time } from '../figures.ts'
import { usePages } from '../pages.ts'
import { JobLink } from '../parts/references.tsx'
import { Rows } from '../parts/rows.tsx'
import { Table } from '../parts/table.tsx'
import { useSession } from '../session.tsx'
import { thresholdOf } from './threshold.ts'
import { Traffic } from './traffic.tsx'

export function Revisions({ name }: { name: string }) {
  const { graft } = useSession()
  const revisions = usePages(['revisions', name], async (after) => {
    const params = { path: { name }, query: { ...after, limit: 10 } }
    return dataOf(await graft.http.GET('/v1/endpoints/{name}/revisions', { params }))
  })
  return (
    <Rows pages={revisions} empty="None.">
      {(rows) => (
        <Table columns={['Revision', 'Traffic', 'Accepts', 'Since', 'By']}>
          {rows.map((row) => (
            <tr key={row.revision}>
              <td>{row.revision}</td>
              <td>
                <Traffic traffic={row.traffic} />
              </td>
              <td>{thresholdOf(row)}</td>
              <td>{time(row.created_at)}</td>
              <td>{row.actor.startsWith('ftjob_') ? <JobLink id={row.actor} /> : row.actor}</td>
            </tr>
          ))}
        </Table>
      )}
    </Rows>
  )
}
