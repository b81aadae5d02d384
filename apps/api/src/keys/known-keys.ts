// API keys that have been verified, in memory, so that a request waits for no query.
//
// The rule: a key is believed for one second at most, and never past its own end. A key that is revoked, rotated or
// changed by another process is refused a second later at most, by this process at once. Only keys that opened are kept:
// who guesses keys costs a query each, and no memory.
import type { Caller } from '../context.ts'

/** Milliseconds that a key is believed, and its age from which it is read again while it still opens. */
const BELIEVED = 1000
const REFRESHED = 500
/** Some hundred bytes each. */
const MOST = 10_000

export interface VerifiedKey {
  caller: Caller
  /** Milliseconds until it ends, by the database's clock; not above zero when it has. */
  validFor: number
}

export interface KnownKeys {
  /** Undefined where no key has the hash. Throws what the database throws: while it is away no key opens for long. */
  find(hash: string): Promise<VerifiedKey | undefined>
  /** Keys have been changed here: all are asked for again. */
  forget(): void
}

export function createKnownKeys(
  read: (hash: string) => Promise<VerifiedKey | undefined>,
  now: () => number = () => performance.now(),
): KnownKeys {
  /** `at`: when the query began that read the key. The one that was read longest ago first. */
  const known = new Map<string, { key: VerifiedKey; at: number }>()
  const readings = new Map<string, Promise<VerifiedKey | undefined>>()

  /** One query for all who ask meanwhile. */
  function refresh(hash: string): Promise<VerifiedKey | undefined> {
    const running = readings.get(hash)
    if (running) return running
    const at = now()
    const reading = read(hash)
      .then((key) => {
        // A reading that began before a change must not be kept.
        if (readings.get(hash) === reading) keep(hash, key, at)
        return key
      })
      .finally(() => {
        if (readings.get(hash) === reading) readings.delete(hash)
      })
    readings.set(hash, reading)
    return reading
  }

  function keep(hash: string, key: VerifiedKey | undefined, at: number): void {
    known.delete(hash)
    if (key === undefined || key.validFor <= 0) return
    known.set(hash, { key, at })
    const [oldest] = known.keys()
    if (known.size > MOST && oldest !== undefined) known.delete(oldest)
  }

  return {
    async find(hash) {
      const entry = known.get(hash)
      const age = entry === undefined ? Number.POSITIVE_INFINITY : now() - entry.at
      if (entry === undefined || age >= Math.min(BELIEVED, entry.key.validFor)) return await refresh(hash)
      if (age >= REFRESHED) refresh(hash).catch(() => {})
      return entry.key
    },
    forget() {
      known.clear()
      readings.clear()
    },
  }
}
