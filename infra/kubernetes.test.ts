// The files in kubernetes/: every object against the schemas of Kubernetes, and what they name against the code.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { readSettings } from '@graft/api/settings'
import { startTestApi } from '@graft/api/test-api'
import { limit } from '@graft/core/limits'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'

const ROOT = join(import.meta.dirname, 'kubernetes')
const files = globSync('**/*.yaml', { cwd: ROOT }).sort()
const isKustomization = (file: string) => file.endsWith('kustomization.yaml')
const read = (file: string) =>
  parseAllDocuments(readFileSync(join(ROOT, file), 'utf8'), { strict: true, uniqueKeys: true }).map(
    (document) => {
      expect(document.errors).toEqual([])
      return document.toJS()
    },
  )

interface Container {
  name: string
  image: string
  env?: { name: string; valueFrom?: { secretKeyRef?: { key: string } } }[]
  ports?: { name: string; containerPort: number }[]
  lifecycle?: { preStop: { exec: { command: string[] } } }
  resources: { requests: Record<string, string>; limits: Record<string, string> }
  securityContext: object
  [probe: `${string}Probe`]: { httpGet?: { path: string; port: string } } | undefined
}
interface Pod {
  terminationGracePeriodSeconds: number
  securityContext: { runAsNonRoot: boolean; runAsUser: number }
  containers: Container[]
  initContainers?: Container[]
}
interface Kustomization {
  resources?: string[]
  components?: string[]
  patches?: { path: string }[]
  configMapGenerator?: { literals: string[] }[]
}

const kustomizations = files
  .filter(isKustomization)
  .map((file) => ({ folder: dirname(file), ...(read(file)[0] as Kustomization) }))
const patched = kustomizations.flatMap(({ folder, patches = [] }) =>
  patches.map(({ path }) => join(folder, path)),
)
const objects = files
  .filter((file) => !isKustomization(file))
  .flatMap((file) => read(file).map((object) => ({ file, object, isPatch: patched.includes(file) })))
const pods: Record<string, Pod> = Object.fromEntries(
  objects
    .filter(({ object, isPatch }) => object.spec?.template && !isPatch)
    .map(({ object }) => [object.metadata.name, object.spec.template.spec]),
)
const containersOf = ({ initContainers = [], containers }: Pod) => [...initContainers, ...containers]
const ofOurs = ['api', 'trainer'].flatMap((role) => containersOf(pods[role]!))
const literals = kustomizations.flatMap(({ configMapGenerator = [] }) =>
  configMapGenerator.flatMap((map) => map.literals.map((literal) => literal.split('=')[0]!)),
)
const compose = parse(readFileSync(join(import.meta.dirname, 'compose.yaml'), 'utf8'), { merge: true })

test('every file is taken by a kustomization, and what they take is there', () => {
  const taken = kustomizations.flatMap(({ folder, resources = [], components = [], patches = [] }) =>
    [...resources, ...components, ...patches.map(({ path }) => path)].map((path) => {
      const place = relative(ROOT, join(ROOT, folder, path))
      return place.endsWith('.yaml') ? place : join(place, 'kustomization.yaml')
    }),
  )
  expect(files).toEqual(expect.arrayContaining(taken))
  const roots = files.filter((file) => file.startsWith('overlays/') && isKustomization(file))
  expect([...new Set([...taken, ...roots])].sort()).toEqual(files)
})

test.each(objects)(
  '$file: $object.kind $object.metadata.name is one of Kubernetes',
  async ({ object, isPatch }) => {
    const faults = await faultsOf(object)
    // A patch says only what changes.
    expect(faults.filter((fault) => !(isPatch && fault.endsWith('is required')))).toEqual([])
  },
)

test('a field that Kubernetes does not know is found, and a value of another type', async () => {
  const api = structuredClone(objects.find(({ object }) => object.kind === 'StatefulSet')!.object)
  api.spec.template.spec.containers[0].livenessProb = {}
  api.spec.replicas = 'two'
  expect((await faultsOf(api)).sort()).toEqual([
    '/spec/replicas: type',
    '/spec/template/spec/containers/0/livenessProb is unknown',
  ])
})

test('all variables are those that the code reads, and those that compose gives', () => {
  const sources = globSync('../{apps,packages,infra}/**/*.ts', {
    cwd: import.meta.dirname,
    exclude: ['**/node_modules/**', '**/*.test.ts'],
  })
  const code = sources.map((file) => readFileSync(join(import.meta.dirname, file), 'utf8')).join('\n')
  const named = [...ofOurs.flatMap(({ env = [] }) => env.map(({ name }) => name)), ...literals]
  for (const name of named) expect(code).toMatch(new RegExp(`\\b${name}\\b`))

  for (const role of ['api', 'trainer']) {
    const given = [
      ...containersOf(pods[role]!).flatMap(({ env = [] }) => env.map(({ name }) => name)),
      ...literals,
    ]
    expect(given).toEqual(expect.arrayContaining(Object.keys(compose.services[role].environment)))
  }
  expect(pods.trainer!.containers[0]!.env!.map(({ name }) => name)).not.toContain('GRAFT_ADMIN_KEY')
})

test('the manual names the keys that the Secret must have', () => {
  const manual = readFileSync(join(import.meta.dirname, '../docs/operations.md'), 'utf8')
  const keys = Object.values(pods)
    .flatMap(containersOf)
    .flatMap(({ env = [] }) => env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.key ?? []))
  for (const key of keys) expect(manual).toMatch(new RegExp(`^ *${key}=`, 'm'))
})

test('the images of others are those that compose runs', () => {
  for (const name of ['postgres', 'store'])
    expect(pods[name]!.containers[0]!.image).toBe(compose.services[name].image)
})

test('ports are those that are listened on, and Services and probes name them', async () => {
  const [port] = pods.api!.containers[0]!.ports!
  expect(port!.containerPort).toBe(readSettings({}).port)
  const pod = objects.find(({ object }) => object.metadata.name === 'api' && object.spec.template)!.object
    .spec.template
  expect(pod.metadata.annotations['prometheus.io/port']).toBe(String(port!.containerPort))
  for (const { object } of objects.filter(({ object }) => object.kind === 'Service')) {
    const role = object.spec.selector['app.kubernetes.io/component']
    const names = pods[role]!.containers.flatMap(({ ports = [] }) => ports.map(({ name }) => name))
    for (const { targetPort } of object.spec.ports) expect(names).toContain(targetPort)
  }
  const urls = {
    DATABASE_URL: compose.services.api.environment.DATABASE_URL,
    GRAFT_S3_ENDPOINT: 'http://store:7070',
  }
  for (const url of Object.values(urls)) {
    const { hostname, port } = new URL(url.replace(/\$\{.*?\}/, 'password'))
    const service = objects.find(
      ({ object }) => object.kind === 'Service' && object.metadata.name === hostname,
    )
    expect(service?.object.spec.ports.map((each: { port: number }) => String(each.port))).toContain(port)
  }
})

test('the API answers what its probes and Prometheus ask', async () => {
  const api = await startTestApi()
  try {
    const [container] = pods.api!.containers
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'] as const) {
      const { path, port } = container![probe]!.httpGet!
      expect((await api.app.request(path)).status).toBe(200)
      expect(container!.ports!.map(({ name }) => name)).toContain(port)
    }
    expect((await api.ask('/metrics')).status).toBe(200)
  } finally {
    await api.close()
  }
})

test('a pod has the time that its shutdown takes', () => {
  for (const role of ['api', 'trainer']) {
    const { terminationGracePeriodSeconds, containers } = pods[role]!
    const before = Number(containers[0]!.lifecycle?.preStop.exec.command[1] ?? 0)
    expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(before + limit('shutdownSeconds') + 5)
  }
  expect(kustomizations.flatMap(({ configMapGenerator = [] }) => configMapGenerator)[0]!.literals).toContain(
    `GRAFT_SHUTDOWN_SECONDS=${limit('shutdownSeconds')}`,
  )
})

test('no container is root, writes to its image, or has memory without bound', () => {
  for (const pod of Object.values(pods)) {
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    })
    expect(pod.securityContext.runAsUser).toBeGreaterThan(0)
    for (const { securityContext, resources } of containersOf(pod)) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
      expect(resources).toMatchObject({ requests: { memory: /i$/, cpu: /./ }, limits: { memory: /i$/ } })
    }
  }
})

interface Validate {
  (data: unknown): boolean
  errors?: { instancePath: string; keyword: string; params: { missingProperty?: string } }[] | null
}

/**
 * The schemas allow unknown fields, as the API server does that drops them. What the validation has not looked at is
 * one: it reads all that it knows.
 */
async function faultsOf(object: { apiVersion: string; kind: string }): Promise<string[]> {
  const [group = '', version] = object.apiVersion.includes('/')
    ? object.apiVersion.split('/')
    : ['core', object.apiVersion]
  const words = ['io', 'k8s', 'api', group.split('.')[0], version, object.kind] as string[]
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  const { validate } = (await import(`kubernetes-models/_schemas/${name}`)) as { validate: Validate }
  const seen = new Set<string>()
  validate(watched(object, '', seen))
  const faults = (validate.errors ?? []).map(({ instancePath, keyword, params: { missingProperty } }) =>
    keyword === 'required' ? `${instancePath}/${missingProperty} is required` : `${instancePath}: ${keyword}`,
  )
  return [...faults, ...unseen(object, '', seen).map((path) => `${path} is unknown`)]
}

/** Notes the path of every field that is read. */
function watched<T>(value: T, path: string, seen: Set<string>): T {
  if (typeof value !== 'object' || value === null) return value
  return new Proxy(value, {
    get(target, key) {
      const found = Reflect.get(target, key)
      if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return found
      seen.add(`${path}/${key}`)
      return watched(found, `${path}/${key}`, seen)
    },
  })
}

function unseen(value: unknown, path: string, seen: Set<string>): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    seen.has(`${path}/${key}`) ? unseen(inner, `${path}/${key}`, seen) : [`${path}/${key}`],
  )
}
