// Try it: images are dropped, and an endpoint's answers stand beside them.
import { useState } from 'react'
import { useLocation } from 'wouter'
import { useEndpoints } from '../lists.ts'
import { DropZone } from '../parts/drop-zone.tsx'
import { Page } from '../parts/page.tsx'
import { Rows } from '../parts/rows.tsx'
import { Scoped } from '../parts/scoped.tsx'
import { Answer } from './answer.tsx'

interface Dropped {
  id: string
  file: File
}

export function TryPage({ params }: { params: { endpoint?: string | undefined } }) {
  const [, go] = useLocation()
  const [dropped, setDropped] = useState<Dropped[]>([])
  const [showsMap, setShowsMap] = useState(false)
  const endpoints = useEndpoints()
  const endpoint = params.endpoint ?? endpoints.rows?.[0]?.name
  const add = (files: File[]) =>
    setDropped((before) => [...files.map((file) => ({ id: crypto.randomUUID(), file })), ...before])
  return (
    <Page title="Try it">
      <Rows pages={endpoints} empty="There is no endpoint yet: train a model, and deploy it.">
        {(rows) => (
          <Scoped scope="predict" what="Asking an endpoint">
            <div className="filters">
              <label className="inline">
                Endpoint{' '}
                <select value={endpoint} onChange={(event) => go(`/try/${event.target.value}`)}>
                  {rows.map(({ name }) => (
                    <option key={name}>{name}</option>
                  ))}
                </select>
              </label>
              <label className="inline">
                <input
                  type="checkbox"
                  checked={showsMap}
                  onChange={(event) => setShowsMap(event.target.checked)}
                />{' '}
                Show what in the image speaks for the answer
              </label>
              {dropped.length > 0 && (
                <button type="button" className="quiet" onClick={() => setDropped([])}>
                  Clear
                </button>
              )}
            </div>
            <DropZone accept="image/jpeg,image/png,image/webp,image/gif" multiple onFiles={add}>
              <strong>Drop images here</strong>, or choose some.
            </DropZone>
            {endpoint !== undefined && (
              <ul className="answers" aria-live="polite">
                {dropped.map(({ id, file }) => (
                  <Answer key={id} id={id} file={file} endpoint={endpoint} showsMap={showsMap} />
                ))}
              </ul>
            )}
          </Scoped>
        )}
      </Rows>
    </Page>
  )
}
