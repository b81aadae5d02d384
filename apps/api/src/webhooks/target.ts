// Where a webhook may be sent: to public addresses, and to those that were checked, whatever DNS says a moment later.
import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { BlockList, type LookupFunction } from 'node:net'
import { GraftError } from '@graft/core/errors'

/**
 * Everything that is not the public internet: the special-purpose registries of IANA (RFC 6890), multicast, and the
 * ranges that carry an IPv4 address inside (NAT64, Teredo, 6to4).
 */
const PRIVATE: readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'][] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  ['::', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
  ['5f00::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
]

const blocked = new BlockList()
for (const [network, prefix, family] of PRIVATE) blocked.addSubnet(network, prefix, family)

/** An IPv4 address in IPv6 notation (`::ffff:10.0.0.1`) is judged as what it is. */
export function isPrivate({ address, family }: LookupAddress): boolean {
  return blocked.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** The operator's word that webhooks may reach this machine and its network. */
export function allowsPrivate(env: NodeJS.ProcessEnv = process.env): boolean {
  return env.GRAFT_WEBHOOK_PRIVATE === '1'
}

export type Resolve = (host: string) => Promise<LookupAddress[]>

/** As the system resolves names; an address stands for itself. */
export const resolveHost: Resolve = (host) => lookup(host, { all: true })

/**
 * The addresses that the URL's host has now. One private address among them refuses them all: it would be taken by
 * who answers for the name.
 *
 * @throws GraftError `webhook_target_refused`, and what `resolve` throws for a name that is not known
 */
export async function resolveTarget(
  url: URL,
  resolve: Resolve = resolveHost,
  isAllowed = allowsPrivate(),
): Promise<LookupAddress[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const addresses = await resolve(host)
  const found = isAllowed ? undefined : addresses.find(isPrivate)
  if (found === undefined) return addresses
  throw new GraftError(
    'webhook_target_refused',
    `${host} is ${found.address}, which is no public address: GRAFT_WEBHOOK_PRIVATE=1 allows it.`,
  )
}

/** Answers a connection's question for its host with these addresses, and asks nobody. */
export function lookupOf(addresses: LookupAddress[]): LookupFunction {
  return (_host, { all }, callback) => {
    const [first] = addresses
    if (first === undefined) callback(new Error('The name has no address.'), '')
    else if (all) callback(null, addresses)
    else callback(null, first.address, first.family)
  }
}
