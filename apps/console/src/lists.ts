// The lists that more than one page shows. They are read once: pages that show the same list share what was read.
import { dataOf } from '@graft/client/client'
import { usePages } from './pages.ts'
import { useSession } from './session.tsx'

export function useDatasets(everyMs?: number) {
  const { graft } = useSession()
  return usePages(
    ['datasets'],
    async (after) => dataOf(await graft.http.GET('/v1/datasets', { params: { query: after } })),
    everyMs,
  )
}

export function useModels() {
  const { graft } = useSession()
  return usePages(['models'], async (after) =>
    dataOf(await graft.http.GET('/v1/models', { params: { query: after } })),
  )
}

export function useEndpoints(everyMs?: number) {
  const { graft } = useSession()
  return usePages(
    ['endpoints'],
    async (after) => dataOf(await graft.http.GET('/v1/endpoints', { params: { query: after } })),
    everyMs,
  )
}

/** For a key with the scope `admin` alone. */
export function useKeys() {
  const { graft } = useSession()
  return usePages(['keys'], async (after) => {
    const query = { ...after, limit: 100 }
    return dataOf(await graft.http.GET('/v1/keys', { params: { query } }))
  })
}
