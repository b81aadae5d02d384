// What is done to the images that are chosen, and the version that is made of all edits.
import { dataOf } from '@graft/client/client'
import type { DatasetVersion } from '@graft/client/shapes'
import { type FormEvent, useId, useState } from 'react'
import { useLocation } from 'wouter'
import { useChange } from '../change.ts'
import { Problem } from '../parts/problem.tsx'
import { useSession } from '../session.tsx'
import type { Change, Edits } from './edits.ts'
import { SPLITS } from './splits.ts'

interface EditImagesProps {
  version: DatasetVersion
  /** How many images are chosen. */
  chosen: number
  edits: Edits
  onChange(change: Change): void
  /** Forgets what is chosen and the edits. */
  onReset(): void
}

export function EditImages({ version: { dataset, version, labels }, chosen, edits, ...on }: EditImagesProps) {
  const { graft } = useSession()
  const [, go] = useLocation()
  const [label, setLabel] = useState('')
  const [split, setSplit] = useState<(typeof SPLITS)[number]>('train')
  const known = useId()
  const make = useChange(
    async () => {
      const params = { path: { name: dataset, version } }
      const body = { edits: [...edits.values()] }
      return dataOf(await graft.http.POST('/v1/datasets/{name}/versions/{version}/edits', { params, body }))
    },
    (made) => go(`/datasets/${dataset}/${made.version}`),
  )
  const relabel = (event: FormEvent) => {
    event.preventDefault()
    on.onChange({ label: label.trim() })
  }
  return (
    <div className="card edits">
      <p role="status">
        {count(chosen)} chosen, {count(edits.size)} edited.
      </p>
      <div className="filters">
        <form className="inline" onSubmit={relabel}>
          <input
            aria-label="New label"
            list={known}
            value={label}
            onChange={(event) => setLabel(event.target.value)}
            placeholder="label"
            required
          />
          <datalist id={known}>
            {labels.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <button type="submit" disabled={chosen === 0}>
            Relabel
          </button>
        </form>
        <span className="inline">
          <select
            aria-label="New split"
            value={split}
            onChange={(event) => setSplit(event.target.value as typeof split)}
          >
            {SPLITS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
          <button type="button" disabled={chosen === 0} onClick={() => on.onChange({ split })}>
            Move
          </button>
        </span>
        <button
          type="button"
          className="danger"
          disabled={chosen === 0}
          onClick={() => on.onChange({ exclude: true })}
        >
          Leave out
        </button>
      </div>
      <div className="actions">
        <button
          type="button"
          className="primary"
          disabled={edits.size === 0 || make.isPending}
          onClick={() => make.mutate()}
        >
          Make a version of it
        </button>
        <button type="button" className="quiet" onClick={on.onReset}>
          Forget it
        </button>
        <span className="note">
          {dataset}@{version} stays as it is.
        </span>
      </div>
      {make.error && <Problem error={make.error} />}
    </div>
  )
}

const count = (images: number) => (images === 1 ? '1 image' : `${images} images`)
