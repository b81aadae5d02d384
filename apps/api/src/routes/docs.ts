// The OpenAPI document, made from the routes, and a page that shows it without the network.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { scopesOf } from '../auth.ts'
import type { Api } from '../context.ts'
import { IDEMPOTENCY_DOC } from '../idempotency/writes.ts'
import { isWrite, toTemplate } from '../matched-route.ts'

/** Scalar's page in one file, from our own packages and no content delivery network. */
const SCALAR = join(
  dirname(fileURLToPath(import.meta.resolve('@scalar/api-reference'))),
  'browser/standalone.js',
)

/** Without Scalar's own services: they are elsewhere. */
const SETTINGS = {
  url: '/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  showDeveloperTools: 'never',
  hideClientButton: true,
  mcp: { disabled: true },
  agent: { disabled: true },
}
const START = `Scalar.createApiReference('#app', ${JSON.stringify(SETTINGS)})`

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="icon" href="data:,">
    <title>Graft API</title>
  </head>
  <body>
    <div id="app"></div>
    <script src="/docs/scalar.js"></script>
    <script>${START}</script>
  </body>
</html>
`

/** Only this server's script and the one line above run; styles are made by the script. */
const POLICY = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${createHash('sha256').update(START).digest('base64')}'`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Registered last: the document describes the routes that are there. */
export function registerDocs(app: Api): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key with one of the scopes that the operation names; `admin` holds all of them. It opens one project, in ' +
      'which all names and ids are looked for. The key of the operator acts in the one that `Graft-Project` names.',
  })
  app.openAPIRegistry.registerComponent('parameters', 'IdempotencyKey', IDEMPOTENCY_KEY)
  let document: ReturnType<typeof describe> | undefined
  app.get('/openapi.json', (c) => {
    document ??= describe(app)
    return c.json(document)
  })

  app.get('/docs', (c) => c.html(PAGE, 200, { 'content-security-policy': POLICY }))
  app.get('/docs/scalar.js', async (c) => {
    return c.body(await readFile(SCALAR), 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=3600',
    })
  })
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
  description: IDEMPOTENCY_DOC,
} as const

/** The routes describe themselves; what holds for all writes is added here. */
function describe(app: Api) {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Graft',
      version: '1',
      description: 'Turns a folder of labelled images into a classifier behind an HTTP endpoint.',
    },
    // Relative to where the document was read, so examples aim at this platform.
    servers: [{ url: '/' }],
    security: [{ key: [] }],
  })
  for (const { method, path, handler } of app.routes) {
    const operation = document.paths?.[toTemplate(path)]?.[method.toLowerCase() as 'get']
    const scopes = scopesOf(handler)
    if (operation && scopes.length > 0) operation.security = scopes.map((scope) => ({ key: [scope] }))
  }
  for (const [route, operations] of Object.entries(document.paths ?? {})) {
    for (const method of ['post', 'put', 'patch', 'delete'] as const) {
      const operation = operations[method]
      if (operation === undefined || !isWrite(method, route)) continue
      operation.parameters = [
        ...(operation.parameters ?? []),
        { $ref: '#/components/parameters/IdempotencyKey' },
      ]
    }
  }
  return withFixedLists(document)
}

/** The generator forgets that a tuple ends. All of ours are of one type: lists of a fixed length. */
function withFixedLists<T>(node: T): T {
  if (Array.isArray(node)) return node.map(withFixedLists) as T
  if (node === null || typeof node !== 'object') return node
  const copy = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, withFixedLists(value)]))
  const { prefixItems, ...list } = copy
  if (!Array.isArray(prefixItems)) return copy as T
  const { length } = prefixItems
  return { ...list, items: prefixItems[0], minItems: length, maxItems: length } as T
}
