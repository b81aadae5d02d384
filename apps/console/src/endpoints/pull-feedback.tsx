// Makes a data set version of all kept images that have a label.
import { dataOf } from '@graft/client/client'
import { type FormEvent, useState } from 'react'
import { useChange } from '../change.ts'
import { Problem } from '../parts/problem.tsx'
import { DatasetLink } from '../parts/references.tsx'
import { useSession } from '../session.tsx'

export function PullFeedback({ endpoint: name }: { endpoint: string }) {
  const { graft } = useSession()
  const [dataset, setDataset] = useState(name)
  const pull = useChange(async () => {
    const params = { path: { name } }
    const body = { dataset: dataset.trim() }
    return dataOf(await graft.http.POST('/v1/endpoints/{name}/feedback/pull', { params, body }))
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    pull.mutate()
  }
  return (
    <>
      <form className="row" onSubmit={submit}>
        <label className="inline">
          Add the labelled images to the data set{' '}
          <input value={dataset} onChange={(event) => setDataset(event.target.value)} required />
        </label>
        <button type="submit" disabled={pull.isPending}>
          Make a version
        </button>
      </form>
      {pull.error && <Problem error={pull.error} />}
      {pull.data && (
        <p role="status">
          <DatasetLink reference={`${pull.data.version.dataset}@${pull.data.version.version}`} />:{' '}
          {pull.data.added} images are new, {pull.data.relabelled} have another label now, and{' '}
          {pull.data.known} were there with it.
        </p>
      )}
    </>
  )
}
