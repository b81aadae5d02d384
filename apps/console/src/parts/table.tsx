// A table of a list: its columns' heads, and what is wider than the window scrolls within.
import type { ReactNode } from 'react'

interface TableProps {
  /** Titles, each a key; a number's column stands to the right, and may tell the colour of a bar's part. */
  columns: readonly (string | { title: string; is: 'number' | 'unnamed'; colour?: number })[]
  /** The rows, `tr` each. */
  children: ReactNode
}

export function Table({ columns, children }: TableProps) {
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            {columns.map((column) => {
              if (typeof column === 'string') return <th key={column}>{column}</th>
              const { title, is, colour } = column
              if (is === 'unnamed') return <th key={title} aria-label={title} />
              return (
                <th key={title} className="number">
                  {colour === undefined ? title : <span className={`legend c${colour}`}>{title}</span>}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}
