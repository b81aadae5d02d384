// The images of a version, by label and split. Those that are chosen can be edited: a new version is made of that.
import { dataOf } from '@graft/client/client'
import type { DatasetVersion } from '@graft/client/shapes'
import { useState } from 'react'
import { usePages } from '../pages.ts'
import { Thumbnail } from '../parts/picture.tsx'
import { Rows } from '../parts/rows.tsx'
import { useSession } from '../session.tsx'
import { EditImages } from './edit-images.tsx'
import { type Edits, says, withChange } from './edits.ts'
import { SPLITS } from './splits.ts'

const NOTHING: { chosen: ReadonlySet<string>; edits: Edits } = { chosen: new Set(), edits: new Map() }

export function ImageGrid({ version: whole }: { version: DatasetVersion }) {
  const { dataset, version, labels, status } = whole
  const { graft } = useSession()
  const [label, setLabel] = useState('')
  const [split, setSplit] = useState<(typeof SPLITS)[number] | ''>('')
  const [{ chosen, edits }, setEditing] = useState(NOTHING)
  const choose = (sha256: string) => {
    const others = new Set(chosen)
    if (!others.delete(sha256)) others.add(sha256)
    setEditing({ chosen: others, edits })
  }
  const images = usePages(['images', dataset, version, label, split], async (after) => {
    const filter = { ...(label && { label }), ...(split && { split }) }
    const query = { ...after, ...filter, status: 'accepted', limit: 24 } as const
    const params = { path: { name: dataset, version }, query }
    return dataOf(await graft.http.GET('/v1/datasets/{name}/versions/{version}/files', { params }))
  })
  return (
    <section>
      <h2>Images</h2>
      {status === 'ready' && <p className="note">Choose images to relabel, move or leave them out.</p>}
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
      {(chosen.size > 0 || edits.size > 0) && (
        <EditImages
          version={whole}
          chosen={chosen.size}
          edits={edits}
          onChange={(change) => setEditing({ chosen: new Set(), edits: withChange(edits, chosen, change) })}
          onReset={() => setEditing(NOTHING)}
        />
      )}
      <Rows pages={images} empty="No image is of this label and split.">
        {(rows) => (
          <ul className="grid">
            {rows.map((file) => {
              const { sha256, path } = file
              if (sha256 === null) return null
              const edit = edits.get(sha256)
              return (
                <li key={sha256} className={chosen.has(sha256) ? 'chosen' : ''}>
                  <figure>
                    <Thumbnail dataset={dataset} version={version} sha256={sha256} alt={path} />
                    <figcaption title={path}>
                      {status === 'ready' && (
                        <input
                          type="checkbox"
                          aria-label={`Choose ${path}`}
                          checked={chosen.has(sha256)}
                          onChange={() => choose(sha256)}
                        />
                      )}{' '}
                      {file.label} <span className="note">{file.split}</span>
                      {edit && <div className="edited">{says(file, edit)}</div>}
                    </figcaption>
                  </figure>
                </li>
              )
            })}
          </ul>
        )}
      </Rows>
    </section>
  )
}
