// For tests: a real browser.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

/** A Chromium that is installed or brought. Undefined where there is none: tests that need it are skipped. */
export const browserPath = findBrowser()

function findBrowser(): string | undefined {
  const setup = join(import.meta.dirname, '../../../infra/setup/chromium.ts')
  // `./graft test` has looked already; what it has not found is empty.
  const path = process.env.CHROMIUM ?? execFileSync(process.execPath, [setup], { encoding: 'utf8' })
  return path.trim() || undefined
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ ...(browserPath && { executablePath: browserPath }), args: ['--no-sandbox'] })
}
