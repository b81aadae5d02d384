// A page: its title, in the window's too, what may be done on it, and its content.
import { type ReactNode, useEffect } from 'react'

interface PageProps {
  title: string
  /** Shown instead of the title, where a part of it is a link. */
  heading?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

export function Page({ title, heading, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} – Graft`
  }, [title])
  return (
    <>
      <div className="heading">
        <h1>{heading ?? title}</h1>
        {actions && <div className="actions">{actions}</div>}
      </div>
      {children}
    </>
  )
}
