// For tests: a real browser.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

/**
 * A Chromium: `CHROMIUM` names it, or it is on the path, or it is brought, which is done for Linux x64 alone. Undefined
 * elsewhere: tests that need it are skipped.
 */
export const browserPath = findBrowser()

function findBrowser(): string | undefined {
  const named = process.env.CHROMIUM
  if (named !== undefined) return named
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const folders = (process.env.PATH ?? '').split(delimiter)
  const installed = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync)
  if (installed !== undefined) return installed
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const setup = join(import.meta.dirname, '../../../infra/setup/chromium.ts')
  return execFileSync(process.execPath, [setup], { encoding: 'utf8' }).trim()
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ ...(browserPath && { executablePath: browserPath }), args: ['--no-sandbox'] })
}
