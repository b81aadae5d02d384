// A state, told by its word, and by a colour beside it.
import { words } from '../figures.ts'

const KINDS: Record<string, 'good' | 'bad' | 'busy'> = {
  ...{ ready: 'good', succeeded: 'good', accept: 'good', delivered: 'good', stable: 'good' },
  ...{ rejected: 'bad', failed: 'bad', failing: 'bad', fallback: 'bad', abstain: 'bad' },
  ...{ shifted: 'bad', rolled_back: 'bad' },
  ...{
    pending: 'busy',
    ingesting: 'busy',
    validating_files: 'busy',
    queued: 'busy',
    running: 'busy',
    publishing: 'busy',
  },
}

export function Status({ state }: { state: string }) {
  return <span className={`status ${KINDS[state] ?? ''}`}>{words(state)}</span>
}
