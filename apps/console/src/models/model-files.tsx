// The files of a version, to download.
import type { Graft } from '@graft/client/client'
import type { ModelVersion } from '@graft/client/shapes'
import { bytes } from '../figures.ts'
import { blobOf, type Download, Downloads } from '../parts/downloads.tsx'

export function ModelFiles({ model: { model, version, files } }: { model: ModelVersion }) {
  const reference = `${model}@${version}`
  const params = { path: { reference } }
  const wanted: Omit<Download, 'saveAs'>[] = [
    ...Object.entries(files).map(([name, file]) => ({
      name,
      says: bytes(file.bytes),
      fetch: (graft: Graft) => readFile(graft, reference, name),
    })),
    // These are made when they are asked for.
    {
      name: 'report.html',
      says: 'the report as a page',
      fetch: async ({ http }) => {
        const query = { format: 'html' } as const
        const asked = { params: { ...params, query }, parseAs: 'blob' } as const
        return blobOf(await http.GET('/v1/models/{reference}/report', asked))
      },
    },
    {
      name: 'export.zip',
      says: 'with programs that run it without Graft',
      fetch: async ({ http }) =>
        blobOf(await http.GET('/v1/models/{reference}/export.zip', { params, parseAs: 'blob' })),
    },
    { name: 'model.pth', says: 'for PyTorch', fetch: (graft) => readFile(graft, reference, 'model.pth') },
  ]
  return (
    <section>
      <h2>Files</h2>
      <Downloads files={wanted.map((file) => ({ ...file, saveAs: `${model}-${version}-${file.name}` }))} />
    </section>
  )
}

async function readFile({ http }: Graft, reference: string, file: string): Promise<Blob> {
  const params = { path: { reference, file } }
  return blobOf(await http.GET('/v1/models/{reference}/files/{file}', { params, parseAs: 'blob' }))
}
