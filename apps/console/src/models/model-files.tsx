// The files of a version, to download. They need the API key, so they are fetched with it and then saved.
import { dataOf, type Graft } from '@graft/client/client'
import type { ModelVersion } from '@graft/client/shapes'
import { useMutation } from '@tanstack/react-query'
import { bytes } from '../figures.ts'
import { Problem } from '../parts/problem.tsx'
import { useSession } from '../session.tsx'

type Wanted = { name: string; fetch(graft: Graft, reference: string): Promise<Blob> }

/** Made when they are asked for. */
const MADE: (Wanted & { says: string })[] = [
  {
    name: 'report.html',
    says: 'the report as a page',
    fetch: async (graft, reference) => {
      const params = { path: { reference }, query: { format: 'html' } } as const
      return blobOf(await graft.http.GET('/v1/models/{reference}/report', { params, parseAs: 'blob' }))
    },
  },
  {
    name: 'export.zip',
    says: 'with programs that run it without Graft',
    fetch: async (graft, reference) => {
      const params = { path: { reference } }
      return blobOf(await graft.http.GET('/v1/models/{reference}/export.zip', { params, parseAs: 'blob' }))
    },
  },
  { name: 'model.pth', says: 'for PyTorch', fetch: (...given) => readFile('model.pth', ...given) },
]

export function ModelFiles({ model: { model, version, files } }: { model: ModelVersion }) {
  const { graft } = useSession()
  const reference = `${model}@${version}`
  const save = useMutation({
    mutationFn: async ({ name, fetch }: Wanted) =>
      saveAs(`${model}-${version}-${name}`, await fetch(graft, reference)),
  })
  const button = (wanted: Wanted) => (
    <button type="button" className="link" disabled={save.isPending} onClick={() => save.mutate(wanted)}>
      {wanted.name}
    </button>
  )
  return (
    <section>
      <h2>Files</h2>
      <ul className="files">
        {Object.entries(files).map(([name, file]) => (
          <li key={name}>
            {button({ name, fetch: (...given) => readFile(name, ...given) })}{' '}
            <span className="note">{bytes(file.bytes)}</span>
          </li>
        ))}
        {MADE.map((made) => (
          <li key={made.name}>
            {button(made)} <span className="note">{made.says}</span>
          </li>
        ))}
      </ul>
      {save.isPending && <p role="status">Fetching {save.variables.name} …</p>}
      {save.error && <Problem error={save.error} />}
    </section>
  )
}

async function readFile(file: string, graft: Graft, reference: string): Promise<Blob> {
  const params = { path: { reference, file } }
  return blobOf(await graft.http.GET('/v1/models/{reference}/files/{file}', { params, parseAs: 'blob' }))
}

const blobOf = (answer: { data?: unknown; error?: unknown; response: Response }) => dataOf(answer) as Blob

function saveAs(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
