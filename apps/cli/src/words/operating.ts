// `graft keys`, `graft projects`, and what works on this machine's own settings, as `./graft up` does.
import { SCOPES } from '@graft/core/wire/keys'
import { type Command, Option } from 'commander'
import { readCount } from '../arguments.ts'
import { act, command, FAILED } from '../command.ts'
import { createKey, listKeys, type NewKey, revokeKey, rotateKey } from '../commands/keys.ts'
import { createProject, deleteProject, limitProject, listProjects } from '../commands/projects.ts'

export function addOperatingWords(program: Command): void {
  program.commandsGroup('Operating:')
  addKeyWords(program.command('keys').description('API keys'))
  addProjectWords(program.command('projects').description("projects, with the platform's own key"))
  addMachineWords(program)
}

function addKeyWords(keys: Command): void {
  command(keys, 'create <name>', 'make an API key; it is shown once', ['keys create ci --scope data train'])
    .usage('<name> --scope <scope...> [options]')
    .addOption(new Option('--scope <scope...>', 'what it may do').choices(SCOPES).makeOptionMandatory())
    .option('--expires <time>', 'when it ends, as 2027-01-31T00:00:00Z')
    .option(
      '--requests-per-second <count>',
      "how many it may send (default: the platform's limit)",
      readCount,
    )
    .option(
      '--project <name>',
      'the project that it opens, and no other (default: that of the key that asks)',
    )
    .action(
      act(({ client, output }, name: string, options: NewKey) => createKey(client, name, options, output)),
    )

  command(keys, 'list', 'list API keys, without their secrets', ['keys list']).action(
    act(({ client, output }) => listKeys(client, output)),
  )

  command(keys, 'rotate <id>', 'give a key a new secret', ['keys rotate key_01kb --overlap 48'])
    .option('--overlap <hours>', 'how long the secret before opens as well', readCount, 24)
    .action(
      act(({ client, output }, id: string, { overlap }: { overlap: number }) =>
        rotateKey(client, id, overlap, output),
      ),
    )

  command(keys, 'revoke <id>', 'end a key at once', ['keys revoke key_01kb']).action(
    act(({ client, output }, id: string) => revokeKey(client, id, output)),
  )
}

function addProjectWords(projects: Command): void {
  command(projects, 'create <name>', 'make a project', ['projects create cats --max-bytes 50000000000'])
    .option('--max-bytes <count>', 'of images that it may hold', readCount)
    .action(
      act(({ client, output }, name: string, { maxBytes }: { maxBytes?: number }) =>
        createProject(client, name, maxBytes, output),
      ),
    )

  command(projects, 'list', 'list projects, with what their images hold', ['projects list']).action(
    act(({ client, output }) => listProjects(client, output)),
  )

  command(projects, 'limit <name>', 'bound what its images hold; without a number it is unbound', [
    'projects limit cats 50000000000',
  ])
    .argument('[bytes]', 'of images', readCount)
    .action(
      act(({ client, output }, name: string, bytes: number | undefined) =>
        limitProject(client, name, bytes, output),
      ),
    )

  command(projects, 'delete <name>', 'delete a project in which nothing lies', [
    'projects delete cats',
  ]).action(act(({ client, output }, name: string) => deleteProject(client, name, output)))
}

/** Each brings what it needs itself, once it is asked for: the database, the store. */
function addMachineWords(program: Command): void {
  command(
    program,
    'doctor',
    'tell what this machine has of what Graft needs, and what to do about the rest',
    ['doctor'],
  ).action(
    act(async ({ client, output }) => {
      const { doctor } = await import('../commands/doctor.ts')
      if (!(await doctor(client, output))) process.exitCode = FAILED
    }),
  )

  command(
    program,
    'scrub',
    'read every image in the store again, and report what is not what its hash says',
    ['scrub'],
  ).action(
    act(async ({ output }) => {
      const { scrub } = await import('../commands/scrub.ts')
      const { readSettings } = await import('@graft/api/settings')
      if (!(await scrub(readSettings().store, output))) process.exitCode = FAILED
    }),
  )

  command(program, 'backup <file>', 'copy database and store into one file; the platform may run', [
    'backup monday.graft',
  ]).action(
    act(async ({ output }, file: string) => {
      const { backup } = await import('../commands/backup.ts')
      const { readSettings } = await import('@graft/api/settings')
      await backup(readSettings(), file, output)
    }),
  )

  command(program, 'restore <file>', 'bring a backup back into an empty, stopped platform', [
    'restore monday.graft',
    'restore monday.graft    (into the folder that GRAFT_DATA names)',
  ]).action(
    act(async ({ output }, file: string) => {
      const { restore } = await import('../commands/backup.ts')
      const { readSettings } = await import('@graft/api/settings')
      await restore(readSettings(), file, output)
    }),
  )
}
