// What a version of a data set is made of.
import type { DatasetVersion } from '@graft/client/shapes'
import { bytes, time } from '../figures.ts'
import { Facts } from '../parts/facts.tsx'
import { Problem } from '../parts/problem.tsx'
import { Status } from '../parts/status.tsx'
import { FileList } from './file-list.tsx'
import { ImageGrid } from './image-grid.tsx'
import { LabelCounts } from './label-counts.tsx'
import { VersionJobs } from './version-jobs.tsx'
import { VersionMeasures } from './version-measures.tsx'

export function VersionDetails({ version }: { version: DatasetVersion }) {
  const { dataset, version: number, status, labels, files, splits, cut_splits, error } = version
  return (
    <>
      {error && <Problem error={error} />}
      <Facts
        facts={[
          ['Status', <Status key="status" state={status} />],
          ['Labels', labels.length],
          ['Images', files.accepted],
          ['Rejected', files.rejected],
          ['Duplicate', files.duplicate],
          ['Size', bytes(version.bytes)],
          ['Made', time(version.created_at)],
        ]}
      />
      {status === 'ingesting' && (
        <p className="note" role="status">
          Every file is being judged …
        </p>
      )}
      {status !== 'ingesting' && (
        <>
          <LabelCounts labels={labels} splits={splits} cut={cut_splits} />
          {files.rejected > 0 && <FileList dataset={dataset} version={number} status="rejected" />}
          {files.duplicate > 0 && <FileList dataset={dataset} version={number} status="duplicate" />}
          {/* Its filters are those of one version. */}
          {files.accepted > 0 && <ImageGrid key={`${dataset}@${number}`} version={version} />}
          <VersionMeasures dataset={dataset} version={number} />
          <VersionJobs dataset={dataset} version={number} />
        </>
      )}
    </>
  )
}
