// Facts about one thing: what, and how it is.
import type { ReactNode } from 'react'

/** A fact that is null is left out. */
export function Facts({ facts }: { facts: readonly (readonly [term: string, fact: ReactNode] | null)[] }) {
  return (
    <dl className="facts">
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact[0]}>
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  )
}
