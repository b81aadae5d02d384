// The web console: the files of its build, and its page at every other address below /console.
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { GraftError } from '@graft/core/errors'
import { compress } from 'hono/compress'
import type { Api } from '../context.ts'

/** What `apps/console/build.ts` makes. */
const BUILT = join(import.meta.dirname, '../../../console/dist')

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Only this server's files and answers; pictures also from bytes that the page has fetched with its key. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

export function registerConsole(app: Api, folder = BUILT): void {
  app.get('/', (c) => c.redirect('/console'))
  app.use('/console/*', compress())

  /** Named by the hash of its content, so that it never changes. */
  app.get('/console/assets/:file{[\\w-]+\\.\\w+}', async (c) => {
    const file = c.req.param('file')
    const bytes = await readFile(join(folder, 'assets', file)).catch(() => undefined)
    const type = TYPES[extname(file)]
    if (bytes === undefined || type === undefined) {
      throw new GraftError(
        'not_found',
        `The console has no file ${JSON.stringify(file)}: load its page again.`,
      )
    }
    return c.body(bytes, 200, {
      'content-type': type,
      'cache-control': 'public, max-age=31536000, immutable',
    })
  })

  /** Which page an address means, the program in it knows. */
  app.get('/console/*', async (c) => {
    const page = await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined)
    if (page === undefined) {
      throw new GraftError(
        'not_found',
        'The console is not built: run "./graft setup", then load this again.',
      )
    }
    return c.html(page, 200, { 'content-security-policy': POLICY, 'cache-control': 'no-cache' })
  })
}
