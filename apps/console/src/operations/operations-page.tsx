// What the pages of the operator have in common: the ways between them, and the scope that opens them.
import type { ReactNode } from 'react'
import { Page } from '../parts/page.tsx'
import { Scoped } from '../parts/scoped.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { useMay } from '../session.tsx'

const TABS = [
  ['/keys', 'API keys'],
  ['/usage', 'Usage'],
  ['/webhooks', 'Webhooks'],
  ['/audit', 'Audit log'],
] as const

interface OperationsPageProps {
  title: string
  /** What is done on it: "Reading the audit log". */
  what: string
  /** Drawn for a key that may see it alone. */
  children: ReactNode
}

export function OperationsPage({ title, what, children }: OperationsPageProps) {
  return (
    <Page title={title}>
      {useMay('admin') && <Tabs label="Operations" tabs={TABS} />}
      <Scoped scope="admin" what={what}>
        {children}
      </Scoped>
    </Page>
  )
}
