// What serving keeps in memory is named by its project too: two projects may have the same names.
import type { Project } from '@graft/core/names'

/** A slash stands in no name. */
export function placeOf(project: Project, name: string): string {
  return `${project}/${name}`
}
