// Which version of a traffic split answers a request.
import { hash } from 'node:crypto'
import type { TrafficShare } from '@graft/core/wire/endpoints'

/**
 * The same key meets the same version while the split stands, and when weights change, only as many keys move as must:
 * weighted rendezvous hashing. Without a key it is chance. Source: Schindelhauer and Schomaker, "Weighted Distributed
 * Hash Tables", the logarithmic method: the version with the least -ln(u) / weight, u uniform by key and version.
 */
export function chooseVersion(traffic: readonly TrafficShare[], key?: string): string | undefined {
  let chosen: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const { model, weight } of traffic) {
    const u = key === undefined ? 1 - Math.random() : uniform(`${model} ${key}`)
    const draw = -Math.log(u) / weight
    if (draw < least) {
      least = draw
      chosen = model
    }
  }
  return chosen
}

/** In (0, 1]. */
function uniform(text: string): number {
  return (Number.parseInt(hash('sha256', text).slice(0, 12), 16) + 1) / 2 ** 48
}
