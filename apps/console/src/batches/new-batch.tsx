// Starts a bulk prediction: which endpoint, about the images of a data set version or of an archive.
import { dataOf } from '@graft/client/client'
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { useChange } from '../change.ts'
import { ARCHIVES, SPLITS } from '../datasets/splits.ts'
import { useEndpoints } from '../lists.ts'
import { DatasetField } from '../parts/dataset-field.tsx'
import { DropZone } from '../parts/drop-zone.tsx'
import { Problem } from '../parts/problem.tsx'
import { Rows } from '../parts/rows.tsx'
import { Scoped } from '../parts/scoped.tsx'
import { useSession } from '../session.tsx'

export function NewBatch() {
  const [chosen, setChosen] = useState<string>()
  const endpoints = useEndpoints()
  const endpoint = chosen ?? endpoints.rows?.[0]?.name ?? ''
  return (
    <Rows pages={endpoints} empty="There is no endpoint to ask yet: train a model, and deploy it.">
      {(rows) => (
        <div className="form">
          <label className="field">
            Endpoint
            <select value={endpoint} onChange={(event) => setChosen(event.target.value)}>
              {rows.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <OfArchive endpoint={endpoint} />
          <Scoped scope="data" what="Asking about a data set">
            <OfDataset endpoint={endpoint} />
          </Scoped>
        </div>
      )}
    </Rows>
  )
}

function OfArchive({ endpoint }: { endpoint: string }) {
  const { graft } = useSession()
  const [, go] = useLocation()
  const start = useChange(
    async (archive: File) => {
      const headers = { 'content-type': 'application/octet-stream' }
      // The document cannot say that a body is a file.
      const file = { body: archive as never, bodySerializer: (body: unknown) => body as File, headers }
      const params = { path: { name: endpoint } }
      return dataOf(await graft.http.POST('/v1/endpoints/{name}/batch', { params, ...file }))
    },
    ({ id }) => go(`/batches/${id}`),
  )
  return (
    <div>
      <DropZone
        accept={ARCHIVES}
        disabled={start.isPending}
        onFiles={([archive]) => archive && start.mutate(archive)}
      >
        <strong>Drop an archive of images here</strong>, or choose one: its images are asked about, and
        deleted afterwards.
      </DropZone>
      {start.isPending && <p role="status">Sending {start.variables.name} …</p>}
      {start.error && <Problem error={start.error} />}
    </div>
  )
}

function OfDataset({ endpoint }: { endpoint: string }) {
  const { graft } = useSession()
  const [, go] = useLocation()
  const [dataset, setDataset] = useState('')
  const [split, setSplit] = useState<(typeof SPLITS)[number] | ''>('')
  const start = useChange(
    async () => {
      const params = { path: { name: endpoint } }
      const body = { dataset: dataset.trim(), ...(split && { split }) }
      return dataOf(await graft.http.POST('/v1/endpoints/{name}/batch', { params, body }))
    },
    ({ id }) => go(`/batches/${id}`),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    start.mutate()
  }
  return (
    <form className="form" onSubmit={submit}>
      <p>Or ask about the images of a data set:</p>
      <div className="fields">
        <DatasetField value={dataset} onChange={(event) => setDataset(event.target.value)} />
        <label className="field">
          Split
          <select value={split} onChange={(event) => setSplit(event.target.value as typeof split)}>
            <option value="">all</option>
            {SPLITS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <div className="actions">
        <button type="submit" className="primary" disabled={start.isPending}>
          Start batch
        </button>
      </div>
      {start.error && <Problem error={start.error} />}
    </form>
  )
}
