// `graft deploy`, `graft predict`, and what else endpoints are asked for.
import { GraftError } from '@graft/core/errors'
import { SPLITS } from '@graft/core/wire/datasets'
import { type Command, Option } from 'commander'
import { readCount, readShare, readSteps } from '../arguments.ts'
import { act, command } from '../command.ts'
import { type CanaryOptions, canary } from '../commands/canary.ts'
import { type DeployOptions, deploy, rollback } from '../commands/deploy.ts'
import { drift } from '../commands/drift.ts'
import { feedback, pullFeedback } from '../commands/feedback.ts'
import { type PredictOptions, predict } from '../commands/predict.ts'
import { type ArchiveOptions, predictArchive } from '../commands/predict-archive.ts'
import { type BulkOptions, predictDataset } from '../commands/predict-dataset.ts'
import { addListing } from './listing.ts'

export function addServingWords(program: Command): void {
  program.commandsGroup('Serving:')
  command(program, 'predict [image...]', 'classify images, or a whole data set version', [
    'predict photo.jpg --top 3',
    'predict *.jpg --endpoint waste',
    'predict --dataset waste@2 --split test -o results',
  ])
    .option('--endpoint <name>', 'the endpoint to ask (default: the only one)')
    .option('--top <count>', 'labels of each image in the table', readCount, 1)
    .option('--dataset <version>', 'ask about all of its images; the results are files')
    .addOption(new Option('--split <name>', 'of the data set, only this').choices(SPLITS))
    .option('-o, --output <folder>', "where the data set's results go (default: the batch's id)")
    .action(
      act(async ({ client, output }, images: string[], options: PredictOptions & Partial<BulkOptions>) => {
        const { dataset } = options
        if (dataset !== undefined && images.length === 0) {
          await predictDataset(client, { ...options, dataset }, output)
        } else if (dataset === undefined && images.length > 0) await predict(client, images, options, output)
        else throw new GraftError('invalid_request', 'Name images, or a data set with --dataset.')
      }),
    )

  command(program, 'batch <source>', 'classify all files of an archive or a folder, into no data set', [
    'batch photos.zip',
    'batch photos --endpoint waste -o results',
  ])
    .option('--endpoint <name>', 'the endpoint to ask (default: the only one)')
    .option('-o, --output <folder>', "where the results go (default: the batch's id)")
    .action(
      act(({ client, output }, source: string, options: ArchiveOptions) =>
        predictArchive(client, source, options, output),
      ),
    )

  addListing(program, 'endpoints')

  command(program, 'deploy <endpoint> [model]', 'serve a model version at an endpoint', [
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
    .action(
      act(({ client, output }, first: string, second: string | undefined, options: DeployOptions) =>
        deploy(client, [first, second], options, output),
      ),
    )

  command(program, 'rollback <endpoint>', 'return an endpoint to what it served before', [
    'rollback waste',
  ]).action(act(({ client, output }, name: string) => rollback(client, name, output)))

  command(
    program,
    'canary <endpoint> [model]',
    'give a model version more of the traffic step by step, while it does well; alone: show what runs',
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
      act(({ client, output }, endpoint: string, model: string | undefined, options: CanaryOptions) =>
        canary(client, endpoint, model, options, output),
      ),
    )

  command(program, 'feedback <endpoint> <prediction> <label>', 'tell the right label of a prediction', [
    'feedback waste pred_01kb glass',
    'feedback waste pred_01kb glass --image photo.jpg    (where the image was not kept)',
  ])
    .option('--image <file>', 'the image that was asked about')
    .action(
      act(
        (
          { client, output },
          endpoint: string,
          prediction: string,
          label: string,
          options: { image?: string },
        ) => feedback(client, endpoint, [prediction, label], options, output),
      ),
    )

  command(
    program,
    'pull-feedback <endpoint>',
    'make a data set version of what an endpoint has kept and people have labelled',
    ['pull-feedback waste --name waste', 'pull-feedback waste --name corrections'],
  )
    .requiredOption('--name <dataset>', 'the data set; its next version is its newest and these images')
    .action(
      act(({ client, output }, endpoint: string, { name }: { name: string }) =>
        pullFeedback(client, endpoint, name, output),
      ),
    )

  command(
    program,
    'drift <endpoint>',
    "compare an endpoint's answers with those of its model on the test split",
    ['drift waste', 'drift waste --since 2027-01-31T00:00:00Z'],
  )
    .option('--since <time>', 'from when on (default: a day ago)')
    .action(
      act(({ client, output }, endpoint: string, options: { since?: string }) =>
        drift(client, endpoint, options, output),
      ),
    )
}
