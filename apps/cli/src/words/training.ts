// `graft train`, `graft sweep`, and what is asked of jobs.
import { HYPERPARAMETERS, RECIPES } from '@graft/core/recipes'
import { type Command, Option } from 'commander'
import { readPriority, readSeed, readSetting, readValues } from '../arguments.ts'
import { act, command } from '../command.ts'
import { type SweepOptions, sweep } from '../commands/sweep.ts'
import { askJob, dryRun, JOB_COMMANDS, logs, type TrainOptions, train } from '../commands/train.ts'
import { addListing } from './listing.ts'

export function addTrainingWords(program: Command): void {
  program.commandsGroup('Training:')
  command(program, 'train <dataset>', 'fine-tune on a data set, and follow the job to its end', [
    'train waste',
    'train waste@2 --recipe seed --set epochs=3 --no-deploy',
    'train waste@3 --model waste@champion',
  ])
    .addOption(new Option('--recipe <recipe>', 'how to train').choices(RECIPES).default('auto'))
    .option('--model <model>', 'what to start from: a base model, or a version of one of yours')
    .option('--name <name>', "the model's name (default: the data set's)")
    .option('--deploy <endpoint>', "the endpoint that serves it (default: the model's name)")
    .option('--no-deploy', 'serve it nowhere')
    .option('--seed <number>', 'seed of all random choices', readSeed, 1)
    .option('--priority <number>', 'jobs with a higher one run first, -100 to 100', readPriority, 0)
    .option(
      '--set <key=value>',
      `a hyper-parameter; may be repeated: ${Object.keys(HYPERPARAMETERS).join(', ')}`,
      readSetting,
    )
    .option('--no-wait', 'do not follow the job')
    .option('--dry-run', 'start nothing: measure how long it would take, and how much memory')
    .action(
      act(async ({ client, output }, dataset: string, { set, deploy, ...given }: TrainWords) => {
        const where = deploy === true || deploy === undefined ? {} : { deploy }
        const options = { ...given, ...where, ...(set && { hyperparameters: set }) }
        await (given.dryRun ? dryRun : train)(client, dataset, options, output)
      }),
    )

  command(
    program,
    'sweep <dataset>',
    'fine-tune once for each combination of values, and name the best version',
    ['sweep waste --values learning_rate=1e-3,2e-3 --values epochs=3,6 --alias champion'],
  )
    .requiredOption('--values <key=value,value>', 'what varies; may be repeated', readValues)
    .option('--set <key=value>', 'a hyper-parameter of all jobs; may be repeated', readSetting)
    .addOption(new Option('--recipe <recipe>', 'how to train').choices(RECIPES).default('auto'))
    .option('--model <model>', 'what to start from: a base model, or a version of one of yours')
    .option('--name <name>', "the model's name (default: the data set's)")
    .option('--alias <alias>', 'points at the best version in the end')
    .option('--deploy <endpoint>', 'the endpoint that serves the best version in the end')
    .option('--no-wait', 'do not wait for its end')
    .action(
      act(({ client, output }, dataset: string, options: SweepOptions) =>
        sweep(client, dataset, options, output),
      ),
    )

  addListing(program, 'jobs')

  command(program, 'logs <job>', "show a job's messages", ['logs ftjob_01kb', 'logs -f ftjob_01kb'])
    .option('-f, --follow', 'follow the job to its end, with its curve', false)
    .action(
      act(({ client, output }, id: string, options: { follow: boolean }) =>
        logs(client, id, options, output),
      ),
    )

  for (const name of ['pause', 'resume', 'stop', 'cancel'] as const) {
    command(program, `${name} <job>`, JOB_COMMANDS[name].description, [`${name} ftjob_01kb`]).action(
      act(({ client, output }, id: string) => askJob(client, name, id, output)),
    )
  }
}

/** `--no-deploy` makes commander answer true where neither it nor `--deploy` was given. */
type TrainWords = Omit<TrainOptions, 'deploy' | 'hyperparameters'> & {
  set?: NonNullable<TrainOptions['hyperparameters']>
  deploy?: string | boolean
  wait: boolean
  dryRun?: boolean
}
