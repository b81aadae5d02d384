// The `graft` command for people. `graft --help` lists what it does.
import { isGraftError } from '@graft/core/errors'
import { RECIPES, type RecipeName } from '@graft/core/recipes'
import { type Job, SCOPES } from '@graft/core/wire'
import { Command, InvalidArgumentError, Option } from 'commander'
import pc from 'picocolors'
import { openClient, RequestError } from './client.ts'
import { deploy, rollback } from './commands/deploy.ts'
import { download } from './commands/download.ts'
import { LISTINGS, type ListingName, list } from './commands/list.ts'
import { predict } from './commands/predict.ts'
import { push } from './commands/push.ts'
import { finish, train } from './commands/train.ts'
import { openOutput } from './terminal.ts'

const number = (text: string) => {
  const value = Number(text)
  if (Number.isNaN(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}
const collect = (value: string, before: string[] = []) => [...before, value]
const json = () => new Option('--json', 'print the result as one line of JSON')

const program = new Command('graft')
  .description('Turns a folder of labelled images into a classifier behind an HTTP endpoint.')
  .addHelpText(
    'after',
    `
Aims at http://127.0.0.1:8080 with the admin key of .graft/data; set GRAFT_URL and GRAFT_API_KEY to aim elsewhere.

A folder becomes an endpoint in three steps:
  graft push photos --name waste
  graft train waste
  graft predict some-photo.jpg`,
  )
  .configureHelp({ showGlobalOptions: true })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))

program
  .command('push')
  .description('upload a folder of [split/]label/image, or an archive of one')
  .argument('<folder>')
  .option('--name <name>', "the data set's name (default: the folder's)")
  .addOption(json())
  .action(async (folder: string, options: { name?: string; json?: boolean }) => {
    await push(openClient(), folder, options.name, openOutput(options.json ?? false))
  })

program
  .command('train')
  .description('fine-tune on a data set, and follow the job to its end')
  .argument('<dataset>', 'name, or name@version')
  .addOption(new Option('--recipe <recipe>').choices(RECIPES).default('auto'))
  .option('--name <name>', "the model's name (default: the data set's)")
  .option('--deploy <endpoint>', "endpoint to serve it (default: the model's name)")
  .option('--no-deploy', 'serve it nowhere')
  .option('--seed <seed>', 'seed of all random choices', number, 1)
  .option('--set <key=value>', 'a hyper-parameter, as epochs=3; may be repeated', collect)
  .option('--no-wait', 'do not follow the job')
  .addOption(json())
  .action(
    async (
      dataset: string,
      {
        json,
        deploy,
        ...options
      }: {
        recipe: RecipeName
        name?: string
        deploy?: string | boolean
        seed: number
        set?: string[]
        wait: boolean
        json?: boolean
      },
    ) => {
      const endpoint = typeof deploy === 'string' || deploy === false ? { deploy } : {}
      await train(openClient(), dataset, { ...options, ...endpoint }, openOutput(json ?? false))
    },
  )

program
  .command('logs')
  .description("follow a job's events to its end")
  .argument('<job>')
  .addOption(json())
  .action(async (id: string, options: { json?: boolean }) => {
    await finish(openClient(), id, openOutput(options.json ?? false))
  })

program
  .command('cancel')
  .description('cancel a job')
  .argument('<job>')
  .addOption(json())
  .action(async (id: string, options: { json?: boolean }) => {
    const job = await openClient().send<Job>('POST', `/v1/fine_tuning/jobs/${encodeURIComponent(id)}/cancel`)
    openOutput(false).print(options.json ? JSON.stringify(job) : `${job.id} ${job.status}`)
  })

program
  .command('deploy')
  .description('serve a model version at an endpoint')
  .argument('<model>', 'name, name@version or name@alias')
  .option('--endpoint <name>', "the endpoint's name (default: the model's)")
  .option('--threshold <confidence>', 'least confidence of an accepted answer, 0 to 1', number)
  .addOption(json())
  .action((model: string, { json, ...options }: { endpoint?: string; threshold?: number; json?: boolean }) =>
    deploy(openClient(), model, options, openOutput(json ?? false)),
  )

program
  .command('rollback')
  .description('return an endpoint to the traffic before')
  .argument('<endpoint>')
  .addOption(json())
  .action((name: string, options: { json?: boolean }) =>
    rollback(openClient(), name, openOutput(options.json ?? false)),
  )

program
  .command('predict')
  .description('classify images')
  .argument('<image...>')
  .option('--endpoint <name>', 'the endpoint to ask (default: the only one)')
  .option('--top <count>', 'labels to show for each image', number, 1)
  .addOption(json())
  .action(
    async (images: string[], { json, ...options }: { endpoint?: string; top: number; json?: boolean }) => {
      await predict(openClient(), images, options, openOutput(json ?? false))
    },
  )

program
  .command('download')
  .description("fetch a model version's files: ONNX, safetensors, labels, preprocessing")
  .argument('<model>', 'name, name@version or name@alias')
  .option('-o, --output <folder>')
  .addOption(json())
  .action((model: string, options: { output?: string; json?: boolean }) =>
    download(openClient(), model, options.output, openOutput(options.json ?? false)),
  )

for (const name of Object.keys(LISTINGS) as ListingName[]) {
  program
    .command(name)
    .description(`list the ${name}`)
    .addOption(json())
    .action((options: { json?: boolean }) => list(openClient(), name, openOutput(options.json ?? false)))
}

program
  .command('create-key')
  .description('make an API key; it is shown once')
  .argument('<name>')
  .addOption(new Option('--scope <scope...>').choices(SCOPES).makeOptionMandatory())
  .addOption(json())
  .action(async (name: string, options: { scope: string[]; json?: boolean }) => {
    const created = await openClient().send<{ key: string }>('POST', '/v1/keys', {
      name,
      scopes: options.scope,
    })
    openOutput(false).print(options.json ? JSON.stringify(created) : created.key)
  })

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof RequestError) {
    fail(`${error.message} (${error.problem.code})`, error.problem.errors)
  } else if (isGraftError(error)) {
    fail(error.message, error.errors)
  } else throw error
}

function fail(message: string, errors: readonly { path: string; message: string }[]): void {
  process.stderr.write(`${pc.red('error:')} ${message}\n`)
  for (const { path, message: detail } of errors) process.stderr.write(`  ${path}: ${detail}\n`)
  process.exitCode = 1
}
