// The images of a version, by label and split.
import { dataOf } from '@graft/client/client'
import type { DatasetVersion } from '@graft/client/shapes'
import { useState } from 'react'
import { usePages } from '../pages.ts'
import { Thumbnail } from '../parts/picture.tsx'
import { Rows } from '../parts/rows.tsx'
import { useSession } from '../session.tsx'
import { SPLITS } from './splits.ts'

export function ImageGrid({ version: { dataset, version, labels } }: { version: DatasetVersion }) {
  const { graft } = useSession()
  const [label, setLabel] = useState('')
  const [split, setSplit] = useState<(typeof SPLITS)[number] | ''>('')
  const images = usePages(['images', dataset, version, label, split], async (after) => {
    const filter = { ...(label && { label }), ...(split && { split }) }
    const query = { ...after, ...filter, status: 'accepted', limit: 24 } as const
    const params = { path: { name: dataset, version }, query }
    return dataOf(await graft.http.GET('/v1/datasets/{name}/versions/{version}/files', { params }))
  })
  return (
    <section>
      <h2>Images</h2>
      <div className="filters">
        <label className="inline">
          Label{' '}
          <select value={label} onChange={(event) => setLabel(event.target.value)}>
            <option value="">all</option>
            {labels.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="inline">
          Split{' '}
          <select value={split} onChange={(event) => setSplit(event.target.value as typeof split)}>
            <option value="">all</option>
            {SPLITS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <Rows pages={images} empty="No image is of this label and split.">
        {(rows) => (
          <ul className="grid">
            {rows.map(
              (file) =>
                file.sha256 && (
                  <li key={file.sha256}>
                    <figure>
                      <Thumbnail dataset={dataset} version={version} sha256={file.sha256} alt={file.path} />
                      <figcaption title={file.path}>
                        {file.label} <span className="note">{file.split}</span>
                      </figcaption>
                    </figure>
                  </li>
                ),
            )}
          </ul>
        )}
      </Rows>
    </section>
  )
}
