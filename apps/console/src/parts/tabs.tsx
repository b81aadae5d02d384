// Pages that belong together: a way to each.
import { Link, useLocation } from 'wouter'

interface TabsProps {
  label: string
  tabs: readonly (readonly [path: string, title: string])[]
}

export function Tabs({ label, tabs }: TabsProps) {
  const [location] = useLocation()
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(([path, title]) => (
        <Link key={path} href={path} aria-current={location.startsWith(path) ? 'page' : undefined}>
          {title}
        </Link>
      ))}
    </nav>
  )
}
