// The `graft` command for people: its words, and which function each of them calls.
import { GraftError } from '@graft/core/errors'
import { HYPERPARAMETERS, RECIPES } from '@graft/core/recipes'
import { SPLITS } from '@graft/core/wire/datasets'
import { SCOPES } from '@graft/core/wire/keys'
import { Command, Option } from 'commander'
import { createColors } from 'picocolors'
import {
  readCount,
  readPriority,
  readSeed,
  readSetting,
  readShare,
  readSteps,
  readValues,
} from './arguments.ts'
import { openClient } from './client.ts'
import { type CanaryOptions, canary } from './commands/canary.ts'
import { compare } from './commands/compare.ts'
import { type DeployOptions, deploy, rollback } from './commands/deploy.ts'
import { download } from './commands/download.ts'
import { drift } from './commands/drift.ts'
import { type EvaluateOptions, evaluate } from './commands/evaluate.ts'
import { exportModel } from './commands/export.ts'
import { feedback, pullFeedback } from './commands/feedback.ts'
import { type ImportOptions, importModel } from './commands/import-model.ts'
import { createKey, listKeys, type NewKey, revokeKey, rotateKey } from './commands/keys.ts'
import { LISTINGS, type ListingName, list } from './commands/list.ts'
import { type PredictOptions, predict } from './commands/predict.ts'
import { type ArchiveOptions, predictArchive } from './commands/predict-archive.ts'
import { type BulkOptions, predictDataset } from './commands/predict-dataset.ts'
import { createProject, deleteProject, limitProject, listProjects } from './commands/projects.ts'
import { type PushOptions, push } from './commands/push.ts'
import { type SweepOptions, sweep } from './commands/sweep.ts'
import { tag } from './commands/tag.ts'
import { askJob, dryRun, JOB_COMMANDS, logs, type TrainOptions, train } from './commands/train.ts'
import { describeFailure } from './failure.ts'
import { openOutput } from './terminal.ts'

/** Exit statuses: 1 for what went wrong, 2 for a command line that cannot be read. */
const FAILED = 1
const USAGE = 2

let output = openOutput(false)
/** What a command works with; one `--json` is all that most of them have of options. */
const open = ({ json = false, project }: { json?: boolean; project?: string }) => {
  output = openOutput(json)
  const env = project === undefined ? process.env : { ...process.env, GRAFT_PROJECT: project }
  return { client: openClient(env), output }
}

const program = new Command('graft')
  .description('Turns a folder of labelled images into a classifier behind an HTTP endpoint.')
  .addHelpText(
    'after',
    `
A folder becomes an endpoint in three steps:
  graft push photos --name waste
  graft train waste
  graft predict some-photo.jpg

Aims at http://127.0.0.1:8080 with the admin key of .graft/data; GRAFT_URL and GRAFT_API_KEY aim elsewhere,
and GRAFT_PROJECT at another project, with that key.`,
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE))

/** A command with its examples; they show what the options are for. */
function command(words: string, description: string, examples: string[], parent = program): Command {
  return parent
    .command(words)
    .description(description)
    .option('--json', 'print the result as one line of JSON')
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  graft ${line}`).join('\n')}`)
}

command(
  'push <folder>',
  'upload a folder of [split/]label/image, an archive of one, or a CSV or JSON Lines of path,label[,split]; or have the platform read s3://bucket/prefix',
  ['push photos --name waste', 'push waste.zip', 'push labels.csv --name waste', 'push s3://photos/waste'],
)
  .option('--name <name>', "the data set's name (default: the folder's)")
  .option('--no-wait', 'do not wait until every file is judged')
  .action(async (folder: string, options: PushOptions & { json?: boolean }) => {
    const { client, output } = open(options)
    await push(client, folder, options, output)
  })

command('train <dataset>', 'fine-tune on a data set, and follow the job to its end', [
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
  .action(async (dataset: string, { set, deploy, ...given }: TrainWords) => {
    const { client, output } = open(given)
    const where = deploy === true || deploy === undefined ? {} : { deploy }
    const options = { ...given, ...where, ...(set && { hyperparameters: set }) }
    await (given.dryRun ? dryRun : train)(client, dataset, options, output)
  })
/** `--no-deploy` makes commander answer true where neither it nor `--deploy` was given. */
type TrainWords = Omit<TrainOptions, 'deploy' | 'hyperparameters'> & {
  set?: NonNullable<TrainOptions['hyperparameters']>
  deploy?: string | boolean
  wait: boolean
  dryRun?: boolean
  json?: boolean
}

command('sweep <dataset>', 'fine-tune once for each combination of values, and name the best version', [
  'sweep waste --values learning_rate=1e-3,2e-3 --values epochs=3,6 --alias champion',
])
  .requiredOption('--values <key=value,value>', 'what varies; may be repeated', readValues)
  .option('--set <key=value>', 'a hyper-parameter of all jobs; may be repeated', readSetting)
  .addOption(new Option('--recipe <recipe>', 'how to train').choices(RECIPES).default('auto'))
  .option('--model <model>', 'what to start from: a base model, or a version of one of yours')
  .option('--name <name>', "the model's name (default: the data set's)")
  .option('--alias <alias>', 'points at the best version in the end')
  .option('--deploy <endpoint>', 'the endpoint that serves the best version in the end')
  .option('--no-wait', 'do not wait for its end')
  .action(async (dataset: string, options: SweepOptions & { json?: boolean }) => {
    const { client, output } = open(options)
    await sweep(client, dataset, options, output)
  })

command('logs <job>', "show a job's messages", ['logs ftjob_01kb', 'logs -f ftjob_01kb'])
  .option('-f, --follow', 'follow the job to its end, with its curve', false)
  .action(async (id: string, options: { follow: boolean; json?: boolean }) => {
    const { client, output } = open(options)
    await logs(client, id, options, output)
  })

for (const name of ['pause', 'resume', 'stop', 'cancel'] as const) {
  command(`${name} <job>`, JOB_COMMANDS[name].description, [`${name} ftjob_01kb`]).action(
    async (id: string, options: { json?: boolean }) => {
      const { client, output } = open(options)
      await askJob(client, name, id, output)
    },
  )
}

command('deploy <endpoint> [model]', 'serve a model version at an endpoint', [
  'deploy sorter waste@3',
  'deploy waste@3    (at the endpoint waste)',
])
  .addOption(
    new Option('--threshold <confidence>', 'least confidence of an accepted answer, 0 to 1')
      .argParser(readShare)
      .conflicts('precision'),
  )
  .option('--precision <share>', 'instead: how many of the accepted answers shall be right', readShare)
  .option('--capture <share>', 'keep this share of the images that it is asked about, 0 to 1', readShare)
  .option('--capture-days <days>', 'how long they are kept', readCount, 30)
  .action(async (first: string, second: string | undefined, options: DeployOptions & { json?: boolean }) => {
    const { client, output } = open(options)
    await deploy(client, [first, second], options, output)
  })

command('rollback <endpoint>', 'return an endpoint to what it served before', ['rollback waste']).action(
  async (name: string, options: { json?: boolean }) => {
    const { client, output } = open(options)
    await rollback(client, name, output)
  },
)

command(
  'canary <endpoint> [model]',
  'give a model version more of the traffic step by step, while it does well; or show, or cancel, what runs',
  [
    'canary waste waste@4',
    'canary waste waste@4 --steps 10,50,100 --minutes 30',
    'canary waste',
    'canary waste --cancel',
  ],
)
  .option('--steps <percent>', 'of the traffic, one after the other (default: 5,25,50,100)', readSteps)
  .option('--minutes <count>', 'that each step lasts at least (default: 10)', readCount)
  .option('--max-errors <share>', 'of its images that may fail (default: 0.01)', readShare)
  .option(
    '--max-disagreement <share>',
    'of its answers that may differ from the others (default: 0.2)',
    readShare,
  )
  .option('--min-requests <count>', 'images that each step rests on (default: 100)', readCount)
  .option('--cancel', 'return to the traffic before')
  .action(
    async (endpoint: string, model: string | undefined, options: CanaryOptions & { json?: boolean }) => {
      const { client, output } = open(options)
      await canary(client, endpoint, model, options, output)
    },
  )

command('feedback <endpoint> <prediction> <label>', 'tell the right label of a prediction', [
  'feedback waste pred_01kb glass',
  'feedback waste pred_01kb glass --image photo.jpg    (where the image was not kept)',
])
  .option('--image <file>', 'the image that was asked about')
  .action(
    async (
      endpoint: string,
      prediction: string,
      label: string,
      options: { image?: string; json?: boolean },
    ) => {
      const { client, output } = open(options)
      await feedback(client, endpoint, [prediction, label], options, output)
    },
  )

command(
  'pull-feedback <endpoint>',
  'make a data set version of the images that an endpoint has kept and people have labelled',
  ['pull-feedback waste --name waste', 'pull-feedback waste --name corrections'],
)
  .requiredOption('--name <dataset>', 'the data set; its next version is its newest and these images')
  .action(async (endpoint: string, { name, json }: { name: string; json?: boolean }) => {
    const { client, output } = open({ ...(json && { json }) })
    await pullFeedback(client, endpoint, name, output)
  })

command('drift <endpoint>', "compare an endpoint's answers with those of its model on the test split", [
  'drift waste',
  'drift waste --since 2027-01-31T00:00:00Z',
])
  .option('--since <time>', 'from when on (default: a day ago)')
  .action(async (endpoint: string, options: { since?: string; json?: boolean }) => {
    const { client, output } = open(options)
    await drift(client, endpoint, options, output)
  })

command('predict [image...]', 'classify images, or a whole data set version', [
  'predict photo.jpg --top 3',
  'predict *.jpg --endpoint waste',
  'predict --dataset waste@2 --split test -o results',
])
  .option('--endpoint <name>', 'the endpoint to ask (default: the only one)')
  .option('--top <count>', 'labels of each image in the table', readCount, 1)
  .option('--dataset <version>', 'ask about all of its images; the results are files')
  .addOption(new Option('--split <name>', 'of the data set, only this').choices(SPLITS))
  .option('-o, --output <folder>', "where the data set's results go (default: the batch's id)")
  .action(async (images: string[], options: PredictOptions & Partial<BulkOptions> & { json?: boolean }) => {
    const { client, output } = open(options)
    const { dataset } = options
    if (dataset !== undefined && images.length === 0) {
      await predictDataset(client, { ...options, dataset }, output)
    } else if (dataset === undefined && images.length > 0) await predict(client, images, options, output)
    else throw new GraftError('invalid_request', 'Name images, or a data set with --dataset.')
  })

command('batch <source>', 'classify all files of an archive or a folder, into no data set', [
  'batch photos.zip',
  'batch photos --endpoint waste -o results',
])
  .option('--endpoint <name>', 'the endpoint to ask (default: the only one)')
  .option('-o, --output <folder>', "where the results go (default: the batch's id)")
  .action(async (source: string, options: ArchiveOptions & { json?: boolean }) => {
    const { client, output } = open(options)
    await predictArchive(client, source, options, output)
  })

command('download <model>', "fetch a model version's files: ONNX, safetensors, labels, preprocessing", [
  'download waste',
  'download waste@3 -o model',
])
  .option('-o, --output <folder>', 'where to (default: the model and its version)')
  .action(async (model: string, options: { output?: string; json?: boolean }) => {
    const { client, output } = open(options)
    await download(client, model, options.output, output)
  })

command('export <model>', 'fetch a model version as a zip with examples that run it without Graft', [
  'export waste@3',
  'export waste@3 --format tfjs    (for browsers)',
])
  .addOption(new Option('--format <format>', 'which network').choices(['onnx', 'tfjs']).default('onnx'))
  .option('-o, --output <file>', 'where to (default: the model and its version)')
  .action(async (model: string, options: { format: string; output?: string; json?: boolean }) => {
    const { client, output } = open(options)
    await exportModel(client, model, options, output)
  })

command('compare <model> <other>', 'compare two model versions, image by image', [
  'compare waste@2 waste@3',
  'compare waste@champion waste --split validation',
])
  .addOption(new Option('--split <split>', 'images of which split').choices(SPLITS).default('test'))
  .action(async (model: string, other: string, options: { split: string; json?: boolean }) => {
    const { client, output } = open(options)
    await compare(client, [model, other], options, output)
  })

command('import-model <file>', 'register weights that were trained elsewhere: safetensors, .pth or ONNX', [
  'import-model resnet.pth --name waste --labels labels.txt',
])
  .requiredOption('--name <name>', "the model's name")
  .requiredOption('--labels <file>', 'a JSON array, or a label a line, in the order of the logits')
  .option('--preprocessing <file>', "a JSON file as a version's preprocessing.json")
  .action(async (file: string, options: ImportOptions & { json?: boolean }) => {
    const { client, output } = open(options)
    await importModel(client, file, options, output)
  })

command('evaluate <model> [other]', 'measure a model version on a data set version, or compare two on it', [
  'evaluate waste@2 --dataset waste@5',
  'evaluate waste@2 waste@3 --dataset waste@5 --split validation',
])
  .requiredOption('--dataset <version>', 'the data set version')
  .addOption(new Option('--split <split>', 'images of which split').choices(SPLITS).default('test'))
  .action(async (model: string, other: string | undefined, given: EvaluateOptions & { json?: boolean }) => {
    const { client, output } = open(given)
    const { dataset, split } = given
    await evaluate(client, [model, other], { dataset, split }, output)
  })

command('tag <version> [tag...]', 'give a data set version its tags; none takes them away', [
  'tag waste@2 audited cleaned',
]).action(async (version: string, tags: string[], options: { json?: boolean }) => {
  const { client, output } = open(options)
  await tag(client, version, tags, output)
})

for (const name of Object.keys(LISTINGS) as ListingName[]) {
  command(name, `list the ${LISTINGS[name].what}`, [name]).action(async (options: { json?: boolean }) => {
    const { client, output } = open(options)
    await list(client, name, output)
  })
}

const keys = program.command('keys').description('API keys')
command('create <name>', 'make an API key; it is shown once', ['keys create ci --scope data train'], keys)
  .usage('<name> --scope <scope...> [options]')
  .addOption(new Option('--scope <scope...>', 'what it may do').choices(SCOPES).makeOptionMandatory())
  .option('--expires <time>', 'when it ends, as 2027-01-31T00:00:00Z')
  .option('--requests-per-second <count>', "how many it may send (default: the platform's limit)", readCount)
  .option('--project <name>', 'the project that it opens, and no other (default: that of the key that asks)')
  .action(async (name: string, options: KeyWords) => {
    const { client, output } = open(options)
    await createKey(client, name, options, output)
  })
type KeyWords = NewKey & { project?: string; json?: boolean }
command('list', 'list API keys, without their secrets', ['keys list'], keys).action(
  async (options: { json?: boolean }) => {
    const { client, output } = open(options)
    await listKeys(client, output)
  },
)
command('rotate <id>', 'give a key a new secret', ['keys rotate key_01kb --overlap 48'], keys)
  .option('--overlap <hours>', 'how long the secret before opens as well', readCount, 24)
  .action(async (id: string, options: { overlap: number; json?: boolean }) => {
    const { client, output } = open(options)
    await rotateKey(client, id, options.overlap, output)
  })
command('revoke <id>', 'end a key at once', ['keys revoke key_01kb'], keys).action(
  async (id: string, options: { json?: boolean }) => {
    const { client, output } = open(options)
    await revokeKey(client, id, output)
  },
)

const projects = program.command('projects').description("projects, with the platform's own key")
command('create <name>', 'make a project', ['projects create cats --max-bytes 50000000000'], projects)
  .option('--max-bytes <count>', 'of images that it may hold', readCount)
  .action(async (name: string, options: { maxBytes?: number; json?: boolean }) => {
    const { client, output } = open(options)
    await createProject(client, name, options.maxBytes, output)
  })
command('list', 'list projects, with what their images hold', ['projects list'], projects).action(
  async (options: { json?: boolean }) => {
    const { client, output } = open(options)
    await listProjects(client, output)
  },
)
command(
  'limit <name>',
  'bound what its images hold; without a number it is unbound',
  ['projects limit cats 50000000000'],
  projects,
)
  .argument('[bytes]', 'of images', readCount)
  .action(async (name: string, bytes: number | undefined, options: { json?: boolean }) => {
    const { client, output } = open(options)
    await limitProject(client, name, bytes, output)
  })
command('delete <name>', 'delete a project in which nothing lies', ['projects delete cats'], projects).action(
  async (name: string, options: { json?: boolean }) => {
    const { client, output } = open(options)
    await deleteProject(client, name, output)
  },
)

// What follows works on this machine's settings, as `./graft up` does; it is loaded only when it is asked for.
command('doctor', 'tell what this machine has of what Graft needs, and what to do about the rest', [
  'doctor',
]).action(async (options: { json?: boolean }) => {
  const { client, output } = open(options)
  const { doctor } = await import('./commands/doctor.ts')
  if (!(await doctor(client, output))) process.exitCode = FAILED
})

command('scrub', 'read every image in the store again, and report those that are not what their hash says', [
  'scrub',
]).action(async (options: { json?: boolean }) => {
  const { output } = open(options)
  const { scrub } = await import('./commands/scrub.ts')
  const { readSettings } = await import('@graft/api/settings')
  if (!(await scrub(readSettings().store, output))) process.exitCode = FAILED
})

command('backup <file>', 'copy database and store into one file; the platform may run', [
  'backup monday.graft',
]).action(async (file: string, options: { json?: boolean }) => {
  const { output } = open(options)
  const { backup } = await import('./commands/backup.ts')
  const { readSettings } = await import('@graft/api/settings')
  await backup(readSettings(), file, output)
})

command('restore <file>', 'bring a backup back into an empty, stopped platform', [
  'restore monday.graft',
  'restore monday.graft    (into the folder that GRAFT_DATA names)',
]).action(async (file: string, options: { json?: boolean }) => {
  const { output } = open(options)
  const { restore } = await import('./commands/backup.ts')
  const { readSettings } = await import('@graft/api/settings')
  await restore(readSettings(), file, output)
})

// `graft jobs | head` closes the pipe when it has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

try {
  await program.parseAsync()
} catch (error) {
  const [first, ...others] = describeFailure(error) ?? []
  if (first === undefined) throw error
  const { red } = createColors(process.stderr.isTTY && !process.env.NO_COLOR)
  output.note(`${red('error:')} ${first}`)
  for (const line of others) output.note(line)
  process.exitCode = FAILED
}
