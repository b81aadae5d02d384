// Says what the key may not do, in the place of what it would be done with.
import type { ReactNode } from 'react'
import { type Scope, useMay, useSession } from '../session.tsx'

interface ScopedProps {
  scope: Scope
  /** What is done with it: "Starting a job". */
  what: string
  children: ReactNode
}

export function Scoped({ scope, what, children }: ScopedProps) {
  const { key } = useSession()
  if (useMay(scope)) return children
  return (
    <p className="note">
      {what} needs an API key with the scope <code>{scope}</code>; “{key.name}” has {key.scopes.join(', ')}.
    </p>
  )
}
