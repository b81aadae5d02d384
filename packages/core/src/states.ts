// The state machines, as data: which state may follow which. Every change is one guarded UPDATE.

export const UPLOAD_STATES = { open: ['sealed'], sealed: [] } as const

export const DATASET_VERSION_STATES = { ingesting: ['ready', 'rejected'], ready: [], rejected: [] } as const

export const JOB_STATES = {
  validating_files: ['queued', 'paused', 'failed', 'cancelled'],
  queued: ['running', 'paused', 'failed', 'cancelled'],
  running: ['publishing', 'queued', 'paused', 'failed', 'cancelled'],
  paused: ['validating_files', 'queued', 'cancelled'],
  publishing: ['succeeded', 'running', 'queued', 'paused', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
} as const

/** What people ask of the trainer that has a job; `stop`: end the training, and keep the best so far. */
export const JOB_REQUESTS = ['cancel', 'pause', 'stop'] as const

/** `running` again: another process takes up what a lost or stopping one has left. */
export const BATCH_STATES = {
  queued: ['running', 'cancelled'],
  running: ['running', 'queued', 'succeeded', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
} as const

/** `running` again: at its next step. `superseded`: somebody has changed the endpoint meanwhile, and that stands. */
export const CANARY_STATES = {
  running: ['running', 'succeeded', 'rolled_back', 'cancelled', 'superseded'],
  succeeded: [],
  rolled_back: [],
  cancelled: [],
  superseded: [],
} as const

/** A sweep runs until the last of its jobs has ended. */
export const SWEEP_STATES = {
  running: ['succeeded', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
} as const

export const MODEL_IN_MEMORY_STATES = {
  cold: ['loading'],
  loading: ['warm', 'cold'],
  warm: ['draining'],
  draining: ['cold'],
} as const

export type DatasetVersionState = keyof typeof DATASET_VERSION_STATES
export type JobState = keyof typeof JOB_STATES
export type JobRequest = (typeof JOB_REQUESTS)[number]
export type BatchState = keyof typeof BATCH_STATES
export type CanaryState = keyof typeof CANARY_STATES
export type SweepState = keyof typeof SWEEP_STATES

/** The states from which `to` may be entered. */
export function sourcesOf<M extends Record<string, readonly string[]>>(machine: M, to: keyof M): (keyof M)[] {
  return Object.keys(machine).filter((from) => machine[from]?.includes(to as string))
}

/** States that nothing follows. */
export function isTerminal<M extends Record<string, readonly string[]>>(machine: M, state: keyof M): boolean {
  return machine[state]?.length === 0
}

/** The states that nothing follows. */
export function endsOf<M extends Record<string, readonly string[]>>(machine: M): (keyof M)[] {
  return Object.keys(machine).filter((state) => isTerminal(machine, state))
}
