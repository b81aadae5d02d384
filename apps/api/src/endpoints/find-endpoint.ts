// Reads an endpoint that must be there.
import { GraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import type { Database } from '@graft/db/database'
import { type EndpointState, trafficAt } from '@graft/db/endpoints'

/** As it is now. @throws GraftError `not_found` */
export async function findEndpoint(db: Database, project: Project, name: string): Promise<EndpointState> {
  const state = await trafficAt(db, project, name)
  if (state === undefined) throw new GraftError('not_found', `There is no endpoint ${JSON.stringify(name)}.`)
  return state
}
