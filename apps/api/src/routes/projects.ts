// Projects: the operator makes, bounds, lists and deletes them.
import { pageOf } from '@graft/core/wire/common'
import { createProjectSchema, patchProjectSchema, projectSchema } from '@graft/core/wire/keys'
import { createRoute, z } from '@hono/zod-openapi'
import { requiresOperator } from '../auth.ts'
import type { Api, Context } from '../context.ts'
import { json, jsonBody, problem } from '../openapi.ts'
import { pageQuerySchema, readPage } from '../page.ts'
import { createProject, deleteProject, limitProject, listProjects } from '../projects/projects.ts'

const nameParams = z.object({ name: z.string() })
const tags = ['projects']
const middleware = requiresOperator()

const create = createRoute({
  method: 'post',
  path: '/v1/projects',
  tags,
  summary: 'Make a project: what its keys make and see is apart from that of all others',
  description:
    "Only with the platform's own key, as all of these routes. With the header `Graft-Project` that key acts in the " +
    'project, and so makes its first key.',
  middleware,
  request: { body: jsonBody(createProjectSchema) },
  responses: { 201: json(projectSchema, 'The project.'), default: problem },
})

const list = createRoute({
  method: 'get',
  path: '/v1/projects',
  tags,
  summary: 'List projects by name',
  middleware,
  request: { query: pageQuerySchema },
  responses: { 200: json(pageOf(projectSchema), 'A page of projects.'), default: problem },
})

const patch = createRoute({
  method: 'patch',
  path: '/v1/projects/{name}',
  tags,
  summary: 'Bound the bytes of images that a project may hold',
  middleware,
  request: { params: nameParams, body: jsonBody(patchProjectSchema) },
  responses: { 200: json(projectSchema, 'The project as it is now.'), default: problem },
})

const remove = createRoute({
  method: 'delete',
  path: '/v1/projects/{name}',
  tags,
  summary: 'Delete a project in which nothing lies, no API key either',
  middleware,
  request: { params: nameParams },
  responses: { 204: { description: 'The project is gone.' }, default: problem },
})

export function registerProjects(app: Api, { db }: Context): void {
  app.openapi(create, async (c) => c.json(await createProject(db, c.req.valid('json')), 201))

  app.openapi(list, async (c) => {
    const page = await readPage(
      c.req.valid('query'),
      (after, count) => listProjects(db, after, count),
      ({ name }) => name,
    )
    return c.json(page, 200)
  })

  app.openapi(patch, async (c) => {
    const { stored_bytes_limit: most } = c.req.valid('json')
    return c.json(await limitProject(db, c.req.valid('param').name, most), 200)
  })

  app.openapi(remove, async (c) => {
    await deleteProject(db, c.req.valid('param').name)
    return c.body(null, 204)
  })
}
