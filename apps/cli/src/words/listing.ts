// `graft datasets | jobs | models | endpoints`.
import type { Command } from 'commander'
import { act, command } from '../command.ts'
import { LISTINGS, type ListingName, list } from '../commands/list.ts'

export function addListing(program: Command, name: ListingName): void {
  command(program, name, `list the ${LISTINGS[name].what}`, [name]).action(
    act(({ client, output }) => list(client, name, output)),
  )
}
