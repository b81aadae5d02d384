// An image that an endpoint has kept, what it answered, and a field for what is right.
import { dataOf } from '@graft/client/client'
import type { CaptureRecord } from '@graft/client/shapes'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useChange } from '../change.ts'
import { percent } from '../figures.ts'
import { blobOf } from '../parts/downloads.tsx'
import { Picture } from '../parts/picture.tsx'
import { Problem } from '../parts/problem.tsx'
import { useMay, useSession } from '../session.tsx'

interface KeptImageProps {
  capture: CaptureRecord
  /** Of the list that offers labels. */
  labels: string
}

export function KeptImage({
  capture: { id, endpoint: name, predictions, label, sha256 },
  labels,
}: KeptImageProps) {
  const { graft } = useSession()
  const mayTell = useMay('predict')
  const [told, setTold] = useState(label ?? '')
  const params = { path: { name, id } }
  const picture = useQuery({
    queryKey: ['capture', sha256, id],
    queryFn: async () => {
      const address = '/v1/endpoints/{name}/captures/{id}/image'
      return blobOf(await graft.http.GET(address, { params, parseAs: 'blob' }))
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  const tell = useChange(async () => {
    const body = { prediction: id, label: told.trim() }
    return dataOf(await graft.http.POST('/v1/endpoints/{name}/feedback', { params, body }))
  })
  const drop = useChange(async () =>
    dataOf(await graft.http.DELETE('/v1/endpoints/{name}/captures/{id}', { params })),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    tell.mutate()
  }
  const [first] = predictions
  const error = tell.error ?? drop.error
  const answered = first ? `${first.label}, ${percent(first.confidence)}` : 'nothing: it came with its label'
  return (
    <li>
      <figure>
        <Picture query={picture} alt={`Asked about: ${answered}`} />
        <figcaption>
          <span className="note">Answered {answered}</span>
          {label !== null && (
            <div>
              It is <strong>{label}</strong>
            </div>
          )}
        </figcaption>
      </figure>
      {mayTell && (
        <form className="inline" onSubmit={submit}>
          <input
            aria-label="Right label"
            list={labels}
            value={told}
            onChange={(event) => setTold(event.target.value)}
            required
          />
          <button type="submit" disabled={tell.isPending || told.trim() === (label ?? '')}>
            Tell
          </button>
        </form>
      )}
      <button type="button" className="quiet" disabled={drop.isPending} onClick={() => drop.mutate()}>
        Keep no longer
      </button>
      {error && <Problem error={error} />}
    </li>
  )
}
