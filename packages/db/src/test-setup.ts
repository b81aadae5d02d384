// Starts one Postgres for the whole test run, with a template database that every test file clones.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type { TestProject } from 'vitest/node'
import { startPostgres } from './embedded-postgres.ts'
import { migrate } from './migrate.ts'
import { openQueue } from './queue.ts'

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(`${tmpdir()}/graft-test-postgres-`)
  const { url, stop } = await startPostgres(folder)
  const end = async () => {
    await stop()
    await rm(folder, { recursive: true })
  }
  try {
    await migrate(url)
    await (await openQueue(url)).stop() // pg-boss's own tables
  } catch (error) {
    await end()
    throw error
  }
  provide('templateUrl', url)
  return end
}
