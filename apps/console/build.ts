// Builds the console where its build is missing, or older than what it is made of: `node apps/console/build.ts`.
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const here = import.meta.dirname
const root = join(here, '..', '..')
const BUILT = join(here, 'dist')
const PAGE = join(BUILT, 'index.html')
const SOURCES = [
  ...['src', 'index.html', 'vite.config.ts', 'package.json'].map((name) => join(here, name)),
  ...['packages/client/src', 'packages/core/src', 'pnpm-lock.yaml'].map((name) => join(root, name)),
]

// Costs some dozen reads of file times where there is nothing to do.
const built = await stat(PAGE).catch(() => undefined)
const changed = await Promise.all(SOURCES.map(lastChange))
if (built === undefined || Math.max(...changed) > built.mtimeMs) await build()

/** Of a file, or of a folder with all that is in it: a file that was deleted changed its folder. */
async function lastChange(path: string): Promise<number> {
  const found = await stat(path)
  if (!found.isDirectory()) return found.mtimeMs
  const names = await readdir(path)
  const inside = await Promise.all(names.map((name) => lastChange(join(path, name))))
  return Math.max(found.mtimeMs, ...inside)
}

/** Built aside and then put in its place: a platform that runs meanwhile serves the old build or the new one. */
async function build(): Promise<void> {
  process.env.NODE_ENV = 'production' // whatever the caller's is: it chooses which React is bundled
  const vite = await import('vite')
  const aside = join(here, 'node_modules', `.build-${process.pid}`)
  await vite.build({
    configFile: join(here, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: aside, emptyOutDir: true },
  })
  await rm(BUILT, { recursive: true, force: true })
  // Who builds at the same time makes the same of the same sources.
  await rename(aside, BUILT).catch(() => rm(aside, { recursive: true, force: true }))
}
