// Uploads an archive as the next version of a data set, and shows how far it is.
import { useEffect, useRef, useState } from 'react'
import { useChange } from '../change.ts'
import { bytes } from '../figures.ts'
import { DropZone } from '../parts/drop-zone.tsx'
import { Problem } from '../parts/problem.tsx'
import { Scoped } from '../parts/scoped.tsx'
import { useSession } from '../session.tsx'
import { ARCHIVES } from './splits.ts'

interface UploadArchiveProps {
  /** The data set; without it the user names one. */
  dataset?: string
  onUploaded(made: { dataset: string; version: number }): void
}

export function UploadArchive({ dataset, onUploaded }: UploadArchiveProps) {
  const { graft } = useSession()
  const [name, setName] = useState('')
  const [file, setFile] = useState<File>()
  const [sent, setSent] = useState(0)
  const leaving = useRef(new AbortController())
  const upload = useChange(async (archive: File) => {
    setFile(archive)
    setSent(0)
    leaving.current = new AbortController()
    return await graft.uploadInPieces(dataset ?? (name.trim() || nameOf(archive.name)), archive, {
      filename: archive.name,
      onProgress: setSent,
      signal: leaving.current.signal,
    })
  }, onUploaded)
  useEffect(() => () => leaving.current.abort(), [])
  return (
    <Scoped scope="data" what="Uploading">
      <section className="upload" aria-label="Upload an archive">
        <DropZone
          accept={ARCHIVES}
          disabled={upload.isPending}
          onFiles={([archive]) => archive && upload.mutate(archive)}
        >
          <strong>Drop a zip, tar, tar.gz or tar.zst here</strong>, or choose one: folders named by their
          labels, with images in them. <code>train</code>, <code>validation</code> and <code>test</code> may
          stand above.
        </DropZone>
        {dataset === undefined && (
          <label className="field">
            Name of the data set
            <input
              value={name}
              onChange={(event) => setName(event.target.value)}
              placeholder="as the file, if you leave it open"
              disabled={upload.isPending}
            />
          </label>
        )}
        {upload.isPending && file && (
          <div className="progress">
            <progress value={sent} max={file.size} aria-label={`Upload of ${file.name}`} />
            <span>
              {file.name}: {bytes(sent)} of {bytes(file.size)}
            </span>
            <button type="button" className="quiet" onClick={() => leaving.current.abort()}>
              Stop
            </button>
          </div>
        )}
        {upload.error && upload.error.name !== 'AbortError' && <Problem error={upload.error} />}
      </section>
    </Scoped>
  )
}

/** @example nameOf('My Waste (2).tar.gz') // 'my-waste-2' */
function nameOf(filename: string): string {
  const stem = filename.toLowerCase().replace(/\.(zip|tar|tgz|tzst|tar\.gz|tar\.zst)$/, '')
  return stem
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 63)
}
