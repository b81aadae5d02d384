// The rows of a list that is read page by page, what is said where there are none, and the way to the next page.
import type { ReactNode } from 'react'
import type { Pages } from '../pages.ts'
import { Loading } from './loaded.tsx'
import { Problem } from './problem.tsx'

interface RowsProps<T> {
  pages: Pages<T>
  empty: ReactNode
  children: (rows: T[]) => ReactNode
}

export function Rows<T>({ pages, empty, children }: RowsProps<T>) {
  const { rows, error, hasMore, isBusy, more } = pages
  if (rows === undefined) return error ? <Problem error={error} /> : <Loading />
  if (rows.length === 0) return <div className="empty">{empty}</div>
  return (
    <>
      {children(rows)}
      {error && <Problem error={error} />}
      {hasMore && (
        <button type="button" onClick={more} disabled={isBusy}>
          {isBusy ? 'Loading …' : 'Show more'}
        </button>
      )}
    </>
  )
}
