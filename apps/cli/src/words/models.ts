// `graft models`, and what is done with a model version beside serving it.
import { SPLITS } from '@graft/core/wire/datasets'
import { type Command, Option } from 'commander'
import { act, command } from '../command.ts'
import { compare } from '../commands/compare.ts'
import { download } from '../commands/download.ts'
import { type EvaluateOptions, evaluate } from '../commands/evaluate.ts'
import { exportModel } from '../commands/export.ts'
import { type ImportOptions, importModel } from '../commands/import-model.ts'
import { addListing } from './listing.ts'

export function addModelWords(program: Command): void {
  program.commandsGroup('Models:')
  addListing(program, 'models')

  command(
    program,
    'download <model>',
    "fetch a model version's files: ONNX, safetensors, labels, preprocessing",
    ['download waste', 'download waste@3 -o model'],
  )
    .option('-o, --output <folder>', 'where to (default: the model and its version)')
    .action(
      act(({ client, output }, model: string, options: { output?: string }) =>
        download(client, model, options.output, output),
      ),
    )

  command(
    program,
    'export <model>',
    'fetch a model version as a zip with examples that run it without Graft',
    ['export waste@3', 'export waste@3 --format tfjs    (for browsers)'],
  )
    .addOption(new Option('--format <format>', 'which network').choices(['onnx', 'tfjs']).default('onnx'))
    .option('-o, --output <file>', 'where to (default: the model and its version)')
    .action(
      act(({ client, output }, model: string, options: { format: string; output?: string }) =>
        exportModel(client, model, options, output),
      ),
    )

  command(program, 'compare <model> <other>', 'compare two model versions, image by image', [
    'compare waste@2 waste@3',
    'compare waste@champion waste --split validation',
  ])
    .addOption(new Option('--split <split>', 'images of which split').choices(SPLITS).default('test'))
    .action(
      act(({ client, output }, model: string, other: string, options: { split: string }) =>
        compare(client, [model, other], options, output),
      ),
    )

  command(
    program,
    'evaluate <model> [other]',
    'measure a model version on a data set version, or compare two on it',
    ['evaluate waste@2 --dataset waste@5', 'evaluate waste@2 waste@3 --dataset waste@5 --split validation'],
  )
    .requiredOption('--dataset <version>', 'the data set version')
    .addOption(new Option('--split <split>', 'images of which split').choices(SPLITS).default('test'))
    .action(
      act(({ client, output }, model: string, other: string | undefined, options: EvaluateOptions) =>
        evaluate(client, [model, other], options, output),
      ),
    )

  command(
    program,
    'import-model <file>',
    'register weights that were trained elsewhere: safetensors, .pth or ONNX',
    ['import-model resnet.pth --name waste --labels labels.txt'],
  )
    .requiredOption('--name <name>', "the model's name")
    .requiredOption('--labels <file>', 'a JSON array, or a label a line, in the order of the logits')
    .option('--preprocessing <file>', "a JSON file as a version's preprocessing.json")
    .action(
      act(({ client, output }, file: string, options: ImportOptions) =>
        importModel(client, file, options, output),
      ),
    )
}
