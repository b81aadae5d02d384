// What stands around every page: the name, the ways, and who is signed in.
import { type ReactNode, useEffect, useRef } from 'react'
import { Link, useLocation } from 'wouter'
import { Boundary } from './parts/boundary.tsx'
import { mayOf, useSession } from './session.tsx'
import { WAYS } from './ways.ts'

export function Shell({ children }: { children: ReactNode }) {
  const { key, signOut } = useSession()
  const [location] = useLocation()
  const main = useRef<HTMLElement>(null)
  const ways = useRef<HTMLElement>(null)
  const shown = useRef(location)
  // In a narrow window the ways scroll: the present one shall be seen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is another one at each address
  useEffect(() => {
    ways.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [location])
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
        <Link href="/" className="brand">
          Graft
        </Link>
        <nav aria-label="Pages" ref={ways}>
          {WAYS.filter(({ scopes }) => mayOf(key, scopes)).map(({ title, paths }) => (
            <Link
              key={title}
              href={paths[0]}
              aria-current={paths.some((path) => location.startsWith(path)) ? 'page' : undefined}
            >
              {title}
            </Link>
          ))}
        </nav>
        <div className="who">
          <a href="/docs">API</a>
          <span title={`Project: ${key.project}. Scopes: ${key.scopes.join(', ')}`}>{key.name}</span>
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
