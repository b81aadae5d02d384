// What stands around every page: the name, the ways, and who is signed in.
import { type ReactNode, useEffect, useRef } from 'react'
import { Link, useLocation } from 'wouter'
import { Boundary } from './parts/boundary.tsx'
import { useSession } from './session.tsx'

const WAYS = [
  ['/datasets', 'Data sets'],
  ['/jobs', 'Jobs'],
  ['/models', 'Models'],
  ['/endpoints', 'Endpoints'],
  ['/try', 'Try it'],
] as const

export function Shell({ children }: { children: ReactNode }) {
  const { key, signOut } = useSession()
  const [location] = useLocation()
  const main = useRef<HTMLElement>(null)
  const shown = useRef(location)
  // A reader of screens hears of the new page, as if it had been loaded.
  useEffect(() => {
    if (shown.current === location) return
    shown.current = location
    window.scrollTo(0, 0)
    main.current?.focus()
  }, [location])
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="top">
        <Link href="/datasets" className="brand">
          Graft
        </Link>
        <nav aria-label="Pages">
          {WAYS.map(([path, title]) => (
            <Link key={path} href={path} aria-current={location.startsWith(path) ? 'page' : undefined}>
              {title}
            </Link>
          ))}
        </nav>
        <div className="who">
          <a href="/docs">API</a>
          <span title={`Scopes: ${key.scopes.join(', ')}`}>{key.name}</span>
          <button type="button" className="quiet" onClick={signOut}>
            Sign out
          </button>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <Boundary at={location}>{children}</Boundary>
      </main>
    </>
  )
}
