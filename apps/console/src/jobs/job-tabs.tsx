// The ways between jobs and sweeps.
import { Tabs } from '../parts/tabs.tsx'

const TABS = [
  ['/jobs', 'Jobs'],
  ['/sweeps', 'Sweeps'],
] as const

export function JobTabs() {
  return <Tabs label="Training" tabs={TABS} />
}
