// All models, each with its newest version.
import { Link } from 'wouter'
import { percent, time } from '../figures.ts'
import { useModels } from '../lists.ts'
import { Page } from '../parts/page.tsx'
import { DatasetLink, ModelLink } from '../parts/references.tsx'
import { Rows } from '../parts/rows.tsx'
import { Table } from '../parts/table.tsx'

export function ModelsPage() {
  const models = useModels()
  return (
    <Page title="Models">
      <Rows pages={models} empty="There is no model yet: a job makes one.">
        {(rows) => (
          <Table
            columns={[
              'Name',
              'Newest version',
              { title: 'Accuracy', is: 'number' },
              { title: 'Labels', is: 'number' },
              'Data set',
              'Made',
            ]}
          >
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
          </Table>
        )}
      </Rows>
    </Page>
  )
}
