// `graft push`, `graft datasets`, `graft tag`: what is trained on.
import type { Command } from 'commander'
import { act, command } from '../command.ts'
import { type PushOptions, push } from '../commands/push.ts'
import { tag } from '../commands/tag.ts'
import { addListing } from './listing.ts'

export function addDataWords(program: Command): void {
  program.commandsGroup('Data:')
  command(
    program,
    'push <folder>',
    'upload [split/]label/image as a folder or archive, or by a CSV or JSON Lines of path,label[,split], or from s3://',
    ['push photos --name waste', 'push waste.zip', 'push labels.csv --name waste', 'push s3://photos/waste'],
  )
    .option('--name <name>', "the data set's name (default: the folder's)")
    .option('--no-wait', 'do not wait until every file is judged')
    .action(
      act(({ client, output }, folder: string, options: PushOptions) =>
        push(client, folder, options, output),
      ),
    )

  addListing(program, 'datasets')

  command(program, 'tag <version> [tag...]', 'give a data set version its tags; none takes them away', [
    'tag waste@2 audited cleaned',
  ]).action(act(({ client, output }, version: string, tags: string[]) => tag(client, version, tags, output)))
}
