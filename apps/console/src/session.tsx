// Who uses the console: an API key, kept for this tab alone, and the client that asks with it.
import { createClient, dataOf, type Graft } from '@graft/client/client'
import { RequestError } from '@graft/client/request-error'
import type { OwnKey } from '@graft/client/shapes'
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { SignIn } from './sign-in.tsx'

export type Scope = OwnKey['scopes'][number]

interface Session {
  graft: Graft
  key: OwnKey
  signOut(): void
}

const KEPT = 'graft-api-key'
const SessionContext = createContext<Session | undefined>(undefined)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === undefined) throw new Error('the page stands behind the sign-in')
  return session
}

/** Whether the key may do what needs one of the scopes. The platform asks again; this says it before something is filled in. */
export function useMay(...needed: Scope[]): boolean {
  return mayOf(useSession().key, needed)
}

export function mayOf({ scopes }: Pick<OwnKey, 'scopes'>, needed: readonly Scope[]): boolean {
  return scopes.includes('admin') || needed.some((scope) => scopes.includes(scope))
}

/** Shows its children to who has signed in, and the sign-in to everybody else. */
export function SessionGate({ children }: { children: ReactNode }) {
  const [secret, setSecret] = useState(() => sessionStorage.getItem(KEPT))
  const [key, setKey] = useState<OwnKey>()
  const [problem, setProblem] = useState<Error>()
  const signOut = useCallback((reason?: Error) => {
    // Where the platform did not answer, the key may still open: the next load tries it.
    if (reason === undefined || isRefused(reason)) sessionStorage.removeItem(KEPT)
    setSecret(null)
    setKey(undefined)
    setProblem(reason)
  }, [])
  const graft = useMemo(
    () => (secret === null ? undefined : createClient({ url: location.origin, apiKey: secret, retries: 2 })),
    [secret],
  )
  useEffect(() => {
    if (graft === undefined || secret === null) return
    let left = false
    readOwnKey(graft)
      .then((own) => {
        if (left) return
        sessionStorage.setItem(KEPT, secret)
        setProblem(undefined)
        setKey(own)
      })
      .catch((error) => left || signOut(error))
    return () => {
      left = true
    }
  }, [graft, secret, signOut])
  const queries = useMemo(() => createQueries(signOut), [signOut])
  const session = useMemo(
    () => (graft && key ? { graft, key, signOut: () => [queries.clear(), signOut()] } : undefined),
    [graft, key, queries, signOut],
  )
  if (session === undefined) return <SignIn busy={secret !== null} problem={problem} onKey={setSecret} />
  return (
    <SessionContext value={session}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </SessionContext>
  )
}

const isRefused = (error: Error) => error instanceof RequestError && error.status === 401

const readOwnKey = async (graft: Graft) => dataOf(await graft.http.GET('/v1/keys/self'))

/** The client has tried again what may succeed later, so nothing is tried again here. A revoked key ends the session. */
function createQueries(signOut: (reason: Error) => void): QueryClient {
  const onError = (error: Error) => {
    if (isRefused(error)) signOut(error)
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    defaultOptions: { queries: { retry: false, staleTime: 2000 }, mutations: { onError } },
  })
}
