// Waits for what runs on the platform, and shows how far it is.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from './client.ts'

/** Milliseconds between two looks. */
const LOOK_EVERY = 1000

/**
 * @param path where it is read again
 * @returns it as it ended. Throws what the platform refuses
 */
export async function awaitEnd<T extends { finished_at: string | null }>(
  client: Client,
  begun: T,
  path: string,
  show: (now: T) => void,
): Promise<T> {
  let now = begun
  while (now.finished_at === null) {
    show(now)
    await sleep(LOOK_EVERY)
    now = await client.get<T>(path)
  }
  return now
}
