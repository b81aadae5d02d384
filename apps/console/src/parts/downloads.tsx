// Files to download. They need the API key, so they are fetched with it and then saved.
import { dataOf, type Graft } from '@graft/client/client'
import { useMutation } from '@tanstack/react-query'
import { useSession } from '../session.tsx'
import { Problem } from './problem.tsx'

export interface Download {
  name: string
  /** Beside its name: how large it is, or what it is for. */
  says: string
  /** Its name where it is saved. */
  saveAs: string
  fetch(graft: Graft): Promise<Blob>
}

export function Downloads({ files }: { files: readonly Download[] }) {
  const { graft } = useSession()
  const save = useMutation({
    mutationFn: async (file: Download) => saveAs(file.saveAs, await file.fetch(graft)),
  })
  return (
    <>
      <ul className="files">
        {files.map((file) => (
          <li key={file.name}>
            <button
              type="button"
              className="link"
              disabled={save.isPending}
              onClick={() => save.mutate(file)}
            >
              {file.name}
            </button>{' '}
            <span className="note">{file.says}</span>
          </li>
        ))}
      </ul>
      {save.isPending && <p role="status">Fetching {save.variables.name} …</p>}
      {save.error && <Problem error={save.error} />}
    </>
  )
}

/** What an answer that was asked for with `parseAs: 'blob'` holds. */
export const blobOf = (answer: { data?: unknown; error?: unknown; response: Response }) =>
  dataOf(answer) as Blob

function saveAs(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
