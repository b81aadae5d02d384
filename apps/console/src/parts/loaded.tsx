// Shows what was read, once it is there, or why it cannot be.
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Problem } from './problem.tsx'

export function Loaded<T>({
  query,
  children,
}: {
  query: UseQueryResult<T>
  children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <Problem error={query.error} />
  return <Loading />
}

export function Loading() {
  return (
    <p className="note" role="status">
      Loading …
    </p>
  )
}
