import { expect, test } from 'vitest'
import { CANARY_STATES, DATASET_VERSION_STATES, isTerminal, JOB_STATES, sourcesOf } from './states.ts'

const machines = { CANARY_STATES, DATASET_VERSION_STATES, JOB_STATES }

test.each(Object.entries(machines))('%s names only states that it has', (_name, machine) => {
  for (const next of Object.values(machine).flat()) expect(machine).toHaveProperty(next)
})

test('whatever has not ended is paused or cancelled, and nothing paused is claimed', () => {
  const open = ['validating_files', 'queued', 'running', 'publishing']
  expect(sourcesOf(JOB_STATES, 'paused')).toEqual(open)
  expect(sourcesOf(JOB_STATES, 'cancelled').toSorted()).toEqual([...open, 'paused'].toSorted())
  expect(sourcesOf(JOB_STATES, 'running')).not.toContain('paused')
})

test('a job succeeds only by publishing, and ends for good', () => {
  expect(sourcesOf(JOB_STATES, 'succeeded')).toEqual(['publishing'])
  expect(
    ['succeeded', 'failed', 'cancelled'].every((state) => isTerminal(JOB_STATES, state as 'failed')),
  ).toBe(true)
})
