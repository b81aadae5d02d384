// What came of a version: the jobs on it, their models, and the endpoints that serve them.
import { dataOf } from '@graft/client/client'
import { usePages } from '../pages.ts'
import { EndpointLink, JobLink, ModelLink } from '../parts/references.tsx'
import { Rows } from '../parts/rows.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useMay, useSession } from '../session.tsx'

export function VersionJobs(props: { dataset: string; version: number }) {
  const [train, deploy] = [useMay('train'), useMay('deploy')]
  return train || deploy ? <Jobs {...props} /> : null
}

function Jobs({ dataset, version }: { dataset: string; version: number }) {
  const { graft } = useSession()
  const jobs = usePages(['lineage', dataset, version], async (after) => {
    const params = { path: { name: dataset, version }, query: after }
    return dataOf(await graft.http.GET('/v1/datasets/{name}/versions/{version}/lineage', { params }))
  })
  return (
    <section>
      <h2>Jobs on it</h2>
      <Rows pages={jobs} empty="None yet.">
        {(rows) => (
          <Table columns={['Job', 'Status', 'Recipe', 'Models', 'Served at']}>
            {rows.map(({ job, status, recipe, versions, endpoints }) => (
              <tr key={job}>
                <td>
                  <JobLink id={job} />
                </td>
                <td>
                  <Status state={status} />
                </td>
                <td>{recipe}</td>
                <td className="links">
                  {versions.map((reference) => (
                    <ModelLink key={reference} reference={reference} />
                  ))}
                </td>
                <td className="links">
                  {[...new Set(endpoints.map(({ endpoint }) => endpoint))].map((name) => (
                    <EndpointLink key={name} name={name} />
                  ))}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Rows>
    </section>
  )
}
