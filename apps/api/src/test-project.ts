// Another project for a test, and a key that opens all of it.
import { type Project, requireProject } from '@graft/core/names'
import { SCOPES } from '@graft/core/wire/keys'
import { jsonOf, type TestApi } from './test-api.ts'

export interface TestProject {
  project: Project
  /** Of all scopes. */
  key: string
  /** Asks with that key. */
  ask: TestApi['ask']
}

export async function makeProject(api: TestApi, name: string): Promise<TestProject> {
  await api.ask('/v1/projects', jsonOf({ name }))
  const made = await api.ask('/v1/keys', within(name, jsonOf({ name: 'all', scopes: [...SCOPES] })))
  const { key } = (await made.json()) as { key: string }
  const ask: TestApi['ask'] = async (path, init = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${key}`)
    return await api.ask(path, { ...init, headers })
  }
  return { project: requireProject(name), key, ask }
}

/** As the operator's key says in which project it acts. */
export function within(project: string, init: RequestInit = {}): RequestInit {
  const headers = new Headers(init.headers)
  headers.set('graft-project', project)
  return { ...init, headers }
}
