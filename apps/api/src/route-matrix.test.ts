// The matrix of routes and scopes. A route of our own OpenAPI document without a row here fails, as does a row too many.
import { SCOPES, type Scope } from '@graft/core/wire/keys'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jsonOf, problemOf, startTestApi, type TestApi } from './test-api.ts'

/** Which scopes open a route beside `admin`; `open`: no key is needed; `operator`: only the platform's own key. */
const MATRIX: Record<string, readonly Scope[] | 'open' | 'operator'> = {
  'GET /healthz': 'open',
  'GET /readyz': 'open',
  'GET /metrics': ['metrics'],

  'POST /v1/projects': 'operator',
  'GET /v1/projects': 'operator',
  'PATCH /v1/projects/{name}': 'operator',
  'DELETE /v1/projects/{name}': 'operator',
  'POST /v1/keys': [],
  'GET /v1/keys': [],
  'GET /v1/keys/self': SCOPES.filter((scope) => scope !== 'admin'),
  'POST /v1/keys/{id}/rotate': [],
  'DELETE /v1/keys/{id}': [],
  'GET /v1/audit': [],
  'GET /v1/usage': [],
  'POST /v1/webhooks': [],
  'GET /v1/webhooks': [],
  'GET /v1/webhooks/{id}': [],
  'DELETE /v1/webhooks/{id}': [],
  'GET /v1/webhooks/{id}/deliveries': [],
  'POST /v1/webhooks/{id}/deliveries/{delivery}/resend': [],

  'OPTIONS /v1/uploads': ['data'],
  'POST /v1/uploads': ['data'],
  'GET /v1/uploads/{id}': ['data'],
  'PATCH /v1/uploads/{id}': ['data'],
  'DELETE /v1/uploads/{id}': ['data'],
  'POST /v1/blobs/missing': ['data'],
  'PUT /v1/blobs/{sha256}': ['data'],
  'POST /v1/datasets': ['data'],
  'GET /v1/datasets': ['data'],
  'GET /v1/datasets/{name}': ['data'],
  'PUT /v1/datasets/{name}/archive': ['data'],
  'POST /v1/datasets/{name}/imports': ['data'],
  'POST /v1/datasets/{name}/versions': ['data'],
  'GET /v1/datasets/{name}/versions': ['data'],
  'GET /v1/datasets/{name}/versions/{version}': ['data'],
  'PATCH /v1/datasets/{name}/versions/{version}': ['data'],
  'DELETE /v1/datasets/{name}/versions/{version}': ['data'],
  'GET /v1/datasets/{name}/versions/{version}/archive': ['data'],
  'GET /v1/datasets/{name}/versions/{version}/diff/{other}': ['data'],
  'POST /v1/datasets/{name}/versions/{version}/edits': ['data'],
  'GET /v1/datasets/{name}/versions/{version}/files': ['data'],
  'GET /v1/datasets/{name}/versions/{version}/files/{sha256}': ['data'],
  'GET /v1/datasets/{name}/versions/{version}/files/{sha256}/thumbnail': ['data'],
  'GET /v1/datasets/{name}/versions/{version}/statistics': ['data'],

  'POST /v1/fine_tuning/jobs': ['train'],
  'GET /v1/fine_tuning/jobs': ['train'],
  'GET /v1/fine_tuning/jobs/{id}': ['train'],
  'POST /v1/fine_tuning/jobs/{id}/cancel': ['train'],
  'POST /v1/fine_tuning/jobs/{id}/pause': ['train'],
  'POST /v1/fine_tuning/jobs/{id}/resume': ['train'],
  'POST /v1/fine_tuning/jobs/{id}/stop': ['train'],
  'GET /v1/fine_tuning/jobs/{id}/events': ['train'],
  'GET /v1/fine_tuning/jobs/{id}/checkpoints': ['train'],

  'POST /v1/fine_tuning/sweeps': ['train'],
  'GET /v1/fine_tuning/sweeps': ['train'],
  'GET /v1/fine_tuning/sweeps/{id}': ['train'],
  'POST /v1/fine_tuning/sweeps/{id}/cancel': ['train'],

  'GET /v1/models': ['train', 'deploy'],
  'GET /v1/models/{reference}': ['train', 'deploy'],
  'PATCH /v1/models/{reference}': ['deploy'],
  'DELETE /v1/models/{reference}': ['deploy'],
  'POST /v1/models/{name}/versions': ['train'],
  'GET /v1/models/{name}/versions': ['train', 'deploy'],
  'GET /v1/models/{reference}/files/{file}': ['train', 'deploy'],
  'GET /v1/models/{reference}/report': ['train', 'deploy'],
  'GET /v1/models/{reference}/compare/{other}': ['train', 'deploy'],
  'GET /v1/models/{reference}/lineage': ['train', 'deploy'],
  'POST /v1/models/{reference}/evaluations': ['train'],
  'GET /v1/models/{reference}/evaluations': ['train'],
  'GET /v1/evaluations/{id}': ['train'],
  'POST /v1/evaluations/{id}/cancel': ['train'],
  'GET /v1/evaluations/{id}/report': ['train'],
  'GET /v1/evaluations/{id}/compare/{other}': ['train'],
  'GET /v1/models/{reference}/card': ['train', 'deploy'],
  'GET /v1/models/{reference}/export.zip': ['train', 'deploy'],
  'GET /v1/datasets/{name}/versions/{version}/lineage': ['train', 'deploy'],
  'PUT /v1/models/{name}/aliases/{alias}': ['deploy'],

  'PUT /v1/endpoints/{name}': ['deploy'],
  'GET /v1/endpoints': ['predict', 'deploy'],
  'GET /v1/endpoints/{name}': ['predict', 'deploy'],
  'GET /v1/endpoints/{name}/revisions': ['predict', 'deploy'],
  'POST /v1/endpoints/{name}/rollback': ['deploy'],
  'GET /v1/endpoints/{name}/shadow': ['predict', 'deploy'],
  'POST /v1/endpoints/{name}/predict': ['predict'],
  'POST /v1/endpoints/{name}/embed': ['predict'],
  'POST /v1/endpoints/{name}/feedback': ['predict'],
  'POST /v1/endpoints/{name}/feedback/pull': ['data'],
  'POST /v1/endpoints/{name}/canary': ['deploy'],
  'GET /v1/endpoints/{name}/canary': ['predict', 'deploy'],
  'POST /v1/endpoints/{name}/canary/cancel': ['deploy'],
  'GET /v1/endpoints/{name}/drift': ['predict', 'deploy'],
  'GET /v1/endpoints/{name}/captures': ['data'],
  'GET /v1/endpoints/{name}/captures/{id}/image': ['data'],
  'DELETE /v1/endpoints/{name}/captures/{id}': ['data'],
  'POST /v1/endpoints/{name}/batch': ['predict'],
  'GET /v1/batches': ['predict'],
  'GET /v1/batches/{id}': ['predict'],
  'POST /v1/batches/{id}/cancel': ['predict'],
  'GET /v1/batches/{id}/files/{file}': ['predict'],
  'GET /v2': 'open',
  'GET /v2/health/live': 'open',
  'GET /v2/health/ready': 'open',
  'GET /v2/models/{name}': ['predict'],
  'GET /v2/models/{name}/ready': ['predict'],
  'POST /v2/models/{name}/infer': ['predict'],
}

let api: TestApi
const keys = new Map<Scope, string>()
beforeAll(async () => {
  api = await startTestApi()
  for (const scope of SCOPES) {
    const answer = await api.ask('/v1/keys', jsonOf({ name: scope, scopes: [scope] }))
    keys.set(scope, ((await answer.json()) as { key: string }).key)
  }
})
afterAll(() => api.close())

test('every route of the document has a row, and every row a route, with the same scopes', async () => {
  const { paths } = (await (await api.app.request('/openapi.json')).json()) as {
    paths: Record<string, Record<string, { security?: { key: Scope[] }[] }>>
  }
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { security = [] }]) => {
      const scopes = security.flatMap(({ key }) => key).filter((scope) => scope !== 'admin')
      return [`${method.toUpperCase()} ${path}`, scopes.toSorted()]
    }),
  )
  const rows = Object.entries(MATRIX).map(([route, allowed]) => [
    route,
    typeof allowed === 'string' ? [] : allowed.toSorted(),
  ])
  expect(Object.fromEntries(described)).toEqual(Object.fromEntries(rows))
})

describe.each(Object.entries(MATRIX))('%s', (route, allowed) => {
  const [method = '', template = ''] = route.split(' ')
  // Of nothing that exists: a key that is let through changes nothing.
  const path = template.replace('{version}', '1').replaceAll(/\{\w+\}/g, '404')
  const ask = (key?: string) =>
    api.app.request(path, { method, headers: key === undefined ? {} : { authorization: `Bearer ${key}` } })

  test.runIf(allowed === 'open')('needs no key', async () => {
    expect((await ask()).status).not.toBe(401)
  })

  test.runIf(allowed !== 'open')('refuses who has no key, or one that is not known', async () => {
    for (const key of [undefined, 'graft_unknown']) {
      expect(await problemOf(await ask(key))).toMatchObject({ status: 401, code: 'unauthorized' })
    }
  })

  test.runIf(allowed !== 'open')('opens for its scopes alone', async () => {
    const opened: Scope[] = []
    for (const scope of SCOPES) {
      const answer = await ask(keys.get(scope))
      if (answer.status !== 403) opened.push(scope)
      expect(answer.status).not.toBe(401)
      expect(answer.status).toBeLessThan(500)
      await answer.body?.cancel()
    }
    const isIn = (scope: Scope) => allowed !== 'operator' && (scope === 'admin' || allowed.includes(scope))
    expect(opened).toEqual(SCOPES.filter(isIn))
  })
})
