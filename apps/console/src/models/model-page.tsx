// The versions of a model; two of them may be compared.
import { dataOf } from '@graft/client/client'
import { useState } from 'react'
import { Link } from 'wouter'
import { decimal, percent, time, words } from '../figures.ts'
import { usePages } from '../pages.ts'
import { Page } from '../parts/page.tsx'
import { DatasetLink } from '../parts/references.tsx'
import { Rows } from '../parts/rows.tsx'
import { Table } from '../parts/table.tsx'
import { useSession } from '../session.tsx'

export function ModelPage({ params: { name } }: { params: { name: string } }) {
  const { graft } = useSession()
  const [chosen, setChosen] = useState<number[]>([])
  const versions = usePages(['model', name], async (after) => {
    const params = { path: { name }, query: after }
    return dataOf(await graft.http.GET('/v1/models/{name}/versions', { params }))
  })
  /** The two that were chosen last. */
  const toggle = (version: number) =>
    setChosen((before) =>
      before.includes(version) ? before.filter((other) => other !== version) : [...before, version].slice(-2),
    )
  // A probe was measured on the validation images only.
  const isTested = (version: number) =>
    versions.rows?.find((row) => row.version === version)?.metrics.test_accuracy !== undefined
  const split = chosen.every(isTested) ? 'test' : 'validation'
  const [a, b] = chosen.toSorted((one, other) => one - other)
  const compare =
    b === undefined ? (
      <span className="note">Choose two versions to compare them</span>
    ) : (
      <Link className="button primary" href={`/compare/${name}@${a}/${name}@${b}?split=${split}`}>
        Compare {a} and {b}
      </Link>
    )
  return (
    <Page title={name} actions={compare}>
      <Rows pages={versions} empty="It has no version.">
        {(rows) => (
          <Table
            columns={[
              { title: 'Compare', is: 'unnamed' },
              'Version',
              'Aliases and tags',
              'Stage',
              { title: 'Test accuracy', is: 'number' },
              { title: 'Test loss', is: 'number' },
              'Recipe',
              'Data set',
              'Made',
            ]}
          >
            {rows.map(({ version, aliases, tags, archived_at, stage, metrics, lineage, created_at }) => (
              <tr key={version}>
                <td>
                  <input
                    type="checkbox"
                    aria-label={`Compare version ${version}`}
                    checked={chosen.includes(version)}
                    onChange={() => toggle(version)}
                  />
                </td>
                <td>
                  <Link href={`/models/${name}/${version}`}>
                    {name}@{version}
                  </Link>
                </td>
                <td className="links">
                  {aliases.map((alias) => (
                    <span key={alias} className="tag">
                      @{alias}
                    </span>
                  ))}
                  {tags.map((tag) => (
                    <span key={tag} className="tag">
                      {tag}
                    </span>
                  ))}
                  {archived_at && <span className="note">archived</span>}
                </td>
                <td>{words(stage)}</td>
                <td className="number">{percent(metrics.test_accuracy)}</td>
                <td className="number">{decimal(metrics.test_loss)}</td>
                <td>{lineage?.recipe ?? '–'}</td>
                <td>{lineage ? <DatasetLink reference={lineage.dataset} /> : '–'}</td>
                <td>{time(created_at)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Rows>
    </Page>
  )
}
