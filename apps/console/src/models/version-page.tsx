// A model version: what it was measured to do, where it comes from, its files, and what serves it.
import { dataOf } from '@graft/client/client'
import type { ModelVersion } from '@graft/client/shapes'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { Evaluations } from '../evaluations/evaluations.tsx'
import { decimal, percent, time, words } from '../figures.ts'
import { Facts } from '../parts/facts.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { DatasetLink, EndpointLink, JobLink, ModelLink } from '../parts/references.tsx'
import { useSession } from '../session.tsx'
import { Aliases } from './aliases.tsx'
import { Deploy } from './deploy.tsx'
import { ModelFiles } from './model-files.tsx'
import { ReportView } from './report-view.tsx'

export function VersionPage({ params: { name, version } }: { params: { name: string; version: string } }) {
  const { graft } = useSession()
  const reference = `${name}@${version}`
  const model = useQuery({
    queryKey: ['model version', reference],
    queryFn: async () => {
      const answer = dataOf(
        await graft.http.GET('/v1/models/{reference}', { params: { path: { reference } } }),
      )
      if (answer.object !== 'model.version') throw new Error('a reference with an "@" names a version')
      return answer
    },
  })
  const lineage = useQuery({
    queryKey: ['model lineage', reference],
    queryFn: async () =>
      dataOf(await graft.http.GET('/v1/models/{reference}/lineage', { params: { path: { reference } } })),
  })
  const heading = (
    <>
      <Link href={`/models/${name}`}>{name}</Link>@{version}
    </>
  )
  return (
    <Page title={reference} heading={heading}>
      <Loaded query={model}>
        {(data) => (
          <>
            <Facts
              facts={[
                ['Test accuracy', percent(data.metrics.test_accuracy)],
                ['Test loss', decimal(data.metrics.test_loss)],
                ['Validation accuracy', percent(data.metrics.validation_accuracy)],
                ['Stage', words(data.stage)],
                ['Labels', data.labels.join(', ')],
                ...originOf(data),
                ['Made', time(data.created_at)],
                data.archived_at ? ['Archived', time(data.archived_at)] : null,
                lineage.data && lineage.data.endpoints.length > 0
                  ? [
                      'Served at',
                      <span key="endpoints" className="links">
                        {lineage.data.endpoints.map(({ endpoint, shadow }) => (
                          <span key={`${endpoint} ${shadow}`}>
                            <EndpointLink name={endpoint} />{' '}
                            {shadow && <span className="note">as its shadow</span>}
                          </span>
                        ))}
                      </span>,
                    ]
                  : null,
              ]}
            />
            <Aliases model={data} />
            <Deploy reference={reference} name={name} />
            {'report.json' in data.files && (
              <ReportView reference={reference} dataset={data.lineage?.dataset} />
            )}
            <Evaluations reference={reference} />
            <ModelFiles model={data} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

/** Nothing of a version that was imported. */
function originOf({ lineage }: ModelVersion): (readonly [string, ReactNode])[] {
  if (lineage === null) return []
  const { dataset, job, recipe, seed, parent } = lineage
  return [
    ['Data set', <DatasetLink key="dataset" reference={dataset} />],
    ['Job', <JobLink key="job" id={job} />],
    ['Recipe', `${recipe}, seed ${seed}`],
    ['Started from', parent.includes('@') ? <ModelLink key="parent" reference={parent} /> : parent],
  ]
}
