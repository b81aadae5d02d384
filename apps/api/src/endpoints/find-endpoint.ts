// Reads an endpoint that must be there.
import { GraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import type { Executor } from '@graft/db/database'
import { type EndpointState, trafficAt } from '@graft/db/endpoints'

/** As it is now. @throws GraftError `not_found` */
export async function findEndpoint(
  executor: Executor,
  project: Project,
  name: string,
): Promise<EndpointState> {
  const state = await trafficAt(executor, project, name)
  if (state === undefined) throw noEndpoint(name)
  return state
}

export function noEndpoint(name: string): GraftError {
  return new GraftError('not_found', `There is no endpoint ${JSON.stringify(name)}.`)
}
