// Images that an endpoint has kept: their right labels are told here, and become a data set version.
import { dataOf } from '@graft/client/client'
import type { Endpoint } from '@graft/client/shapes'
import { useId, useState } from 'react'
import { percent } from '../figures.ts'
import { usePages } from '../pages.ts'
import { Rows } from '../parts/rows.tsx'
import { Scoped } from '../parts/scoped.tsx'
import { useMay, useSession } from '../session.tsx'
import { CaptureForm } from './capture-form.tsx'
import { KeptImage } from './kept-image.tsx'
import { PullFeedback } from './pull-feedback.tsx'

export function Feedback({ endpoint }: { endpoint: Endpoint }) {
  const { capture } = endpoint
  return (
    <section>
      <h2>Feedback</h2>
      <p>
        {capture
          ? `It keeps ${percent(capture.share)} of the images that it is asked about, for ${capture.retention_days} days.`
          : 'It keeps no image that it is asked about.'}
      </p>
      {useMay('deploy') && (
        <details>
          <summary>Change what it keeps</summary>
          <CaptureForm key={endpoint.revision} endpoint={endpoint} />
        </details>
      )}
      <Scoped scope="data" what="Seeing kept images">
        <Kept name={endpoint.name} />
      </Scoped>
    </section>
  )
}

type Order = 'newest' | 'uncertainty'

function Kept({ name }: { name: string }) {
  const { graft } = useSession()
  const labels = useId()
  const [order, setOrder] = useState<Order>('newest')
  const [labelled, setLabelled] = useState<'' | 'true' | 'false'>('')
  const kept = usePages(['captures', name, order, labelled], async (after) => {
    const query = { ...after, order, ...(labelled && { labelled }), limit: 12 }
    const params = { path: { name }, query }
    return dataOf(await graft.http.GET('/v1/endpoints/{name}/captures', { params }))
  })
  const known = new Set(kept.rows?.flatMap(({ predictions }) => predictions.map(({ label }) => label)))
  return (
    <>
      <div className="filters">
        <label className="inline">
          Show{' '}
          <select value={labelled} onChange={(event) => setLabelled(event.target.value as typeof labelled)}>
            <option value="">all kept images</option>
            <option value="false">those without a label</option>
            <option value="true">those with a label</option>
          </select>
        </label>
        <label className="inline">
          First{' '}
          <select value={order} onChange={(event) => setOrder(event.target.value as Order)}>
            <option value="newest">the newest</option>
            <option value="uncertainty">the least sure</option>
          </select>
        </label>
      </div>
      <datalist id={labels}>
        {[...known].sort().map((label) => (
          <option key={label} value={label} />
        ))}
      </datalist>
      <Rows pages={kept} empty={labelled ? 'No kept image is of these.' : 'No image is kept.'}>
        {(rows) => (
          <ul className="grid broad">
            {rows.map((capture) => (
              <KeptImage key={capture.id} capture={capture} labels={labels} />
            ))}
          </ul>
        )}
      </Rows>
      <PullFeedback endpoint={name} />
    </>
  )
}
