// A version of a data set: its counts, what was not taken, its images, and the jobs on it.
import { dataOf } from '@graft/client/client'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from 'wouter'
import { usePages } from '../pages.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useSession } from '../session.tsx'
import { UploadArchive } from './upload-archive.tsx'
import { VersionDetails } from './version-details.tsx'

interface DatasetPageProps {
  params: { name: string; version?: string | undefined }
}

export function DatasetPage({ params: { name, version: chosen } }: DatasetPageProps) {
  const { graft } = useSession()
  const [, go] = useLocation()
  const versions = usePages(['versions', name], async (after) => {
    const params = { path: { name }, query: after }
    return dataOf(await graft.http.GET('/v1/datasets/{name}/versions', { params }))
  })
  const number = chosen === undefined ? versions.rows?.[0]?.version : Number(chosen)
  const version = useQuery({
    queryKey: ['version', name, number],
    queryFn: async () => {
      const params = { path: { name, version: number ?? 1 } }
      return dataOf(await graft.http.GET('/v1/datasets/{name}/versions/{version}', { params }))
    },
    enabled: number !== undefined,
    refetchInterval: ({ state }) => (state.data?.status === 'ingesting' ? 1000 : false),
  })
  const actions = (
    <>
      {versions.rows && versions.rows.length > 0 && (
        <label className="inline">
          Version{' '}
          <select value={number} onChange={(event) => go(`/datasets/${name}/${event.target.value}`)}>
            {versions.rows.map((row) => (
              <option key={row.version}>{row.version}</option>
            ))}
          </select>
        </label>
      )}
      {version.data?.status === 'ready' && (
        <Link className="button primary" href={`/jobs/new?dataset=${name}@${number}`}>
          Train on it
        </Link>
      )}
    </>
  )
  return (
    <Page title={number === undefined ? name : `${name}@${number}`} actions={actions}>
      {versions.error && <Problem error={versions.error} />}
      {versions.rows?.length === 0 ? (
        <p className="empty">It has no version yet: upload its first.</p>
      ) : (
        versions.rows && <Loaded query={version}>{(data) => <VersionDetails version={data} />}</Loaded>
      )}
      <details>
        <summary>Upload the next version</summary>
        <UploadArchive dataset={name} onUploaded={(made) => go(`/datasets/${name}/${made.version}`)} />
      </details>
    </Page>
  )
}
