// The `graft` command for people. Its words, with what each of them does, lie in words/.
import { Command } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { USAGE } from './command.ts'
import { addDataWords } from './words/data.ts'
import { addModelWords } from './words/models.ts'
import { addOperatingWords } from './words/operating.ts'
import { addServingWords } from './words/serving.ts'
import { addTrainingWords } from './words/training.ts'

const program = new Command('graft')
  .version(manifest.version)
  .helpCommand(false)
  .description('Turns a folder of labelled images into a classifier behind an HTTP endpoint.')
  .addHelpText(
    'after',
    `
A folder becomes an endpoint in three steps:
  graft push photos --name waste
  graft train waste
  graft predict some-photo.jpg

Aims at http://127.0.0.1:8080 with the admin key of .graft/data; GRAFT_URL and GRAFT_API_KEY aim elsewhere,
and GRAFT_PROJECT at another project, with that key. \`graft help\` tells how to run a platform.`,
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE))

addDataWords(program)
addTrainingWords(program)
addModelWords(program)
addServingWords(program)
addOperatingWords(program)

// `graft jobs | head` closes the pipe when it has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

await program.parseAsync()
