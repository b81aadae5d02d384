// The condition by which a row is found by its name: a name means nothing without its project.
import type { Project } from '@graft/core/names'
import { and, eq, type SQL } from 'drizzle-orm'
import type { datasets, endpoints, models } from './schema.ts'

export function isNamed(
  table: typeof datasets | typeof endpoints | typeof models,
  project: Project,
  name: string,
): SQL | undefined {
  return and(eq(table.project, project), eq(table.name, name))
}
