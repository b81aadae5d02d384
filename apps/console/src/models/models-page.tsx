// All models, each with its newest version.
import { dataOf } from '@graft/client/client'
import { Link } from 'wouter'
import { percent, time } from '../figures.ts'
import { usePages } from '../pages.ts'
import { Page } from '../parts/page.tsx'
import { DatasetLink, ModelLink } from '../parts/references.tsx'
import { Rows } from '../parts/rows.tsx'
import { useSession } from '../session.tsx'

export function ModelsPage() {
  const { graft } = useSession()
  const models = usePages(['models'], async (after) =>
    dataOf(await graft.http.GET('/v1/models', { params: { query: after } })),
  )
  return (
    <Page title="Models">
      <Rows pages={models} empty="There is no model yet: a job makes one.">
        {(rows) => (
          <div className="scroll">
            <table>
              <thead>
                <tr>
                  <th>Name</th>
                  <th>Newest version</th>
                  <th className="number">Accuracy</th>
                  <th className="number">Labels</th>
                  <th>Data set</th>
                  <th>Made</th>
                </tr>
              </thead>
              <tbody>
                {rows.map(({ id, name, latest }) => (
                  <tr key={id}>
                    <td>
                      <Link href={`/models/${name}`}>{name}</Link>
                    </td>
                    <td>
                      <ModelLink reference={`${name}@${latest.version}`} />
                    </td>
                    <td className="number">
                      {percent(latest.metrics.test_accuracy ?? latest.metrics.validation_accuracy)}
                    </td>
                    <td className="number">{latest.labels.length}</td>
                    <td>{latest.lineage ? <DatasetLink reference={latest.lineage.dataset} /> : '–'}</td>
                    <td>{time(latest.created_at)}</td>
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
