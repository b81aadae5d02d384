// `graft projects`: what separates teams, made with the platform's own key.
import type { ProjectRecord } from '@graft/core/wire/keys'
import type { Client } from '../client.ts'
import { type Output, table } from '../terminal.ts'

export async function createProject(
  client: Client,
  name: string,
  maxBytes: number | undefined,
  output: Output,
): Promise<void> {
  const body = { name, stored_bytes_limit: maxBytes ?? null }
  const project = await client.send<ProjectRecord>('POST', '/v1/projects', body)
  if (!output.json) output.note(`Give it a key: graft keys create NAME --scope SCOPE --project ${name}`)
  output.print(output.json ? JSON.stringify(project) : `The project ${name} is there.`)
}

export async function listProjects(client: Client, output: Output): Promise<void> {
  const rows = [['project', 'image bytes', 'of', 'created']]
  for await (const project of client.list<ProjectRecord>('/v1/projects')) {
    if (output.json) output.print(JSON.stringify(project))
    else {
      const { name, stored_bytes, stored_bytes_limit, created_at } = project
      rows.push([name, String(stored_bytes), String(stored_bytes_limit ?? '-'), created_at])
    }
  }
  if (!output.json) for (const line of table(rows)) output.print(line)
}

export async function limitProject(
  client: Client,
  name: string,
  bytes: number | undefined,
  output: Output,
): Promise<void> {
  const body = { stored_bytes_limit: bytes ?? null }
  const project = await client.send<ProjectRecord>('PATCH', `/v1/projects/${encodeURIComponent(name)}`, body)
  const bound = bytes === undefined ? 'is bound by the platform alone' : `may hold ${bytes} bytes of images`
  output.print(output.json ? JSON.stringify(project) : `${name} ${bound}`)
}

export async function deleteProject(client: Client, name: string, output: Output): Promise<void> {
  await client.request(`/v1/projects/${encodeURIComponent(name)}`, { method: 'DELETE' })
  output.print(output.json ? JSON.stringify({ name, deleted: true }) : `${name} is deleted`)
}
