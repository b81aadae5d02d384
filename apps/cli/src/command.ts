// How a word of the command line comes to the function that does it: what all of them have, and how they end.
import type { Command } from 'commander'
import { createColors } from 'picocolors'
import { type Client, openClient } from './client.ts'
import { describeFailure } from './failure.ts'
import { type Output, openOutput } from './terminal.ts'

/** Exit statuses: 1 for what went wrong, 2 for a command line that cannot be read. */
export const FAILED = 1
export const USAGE = 2

/** A command with its examples; they show what the options are for. */
export function command(parent: Command, words: string, description: string, examples: string[]): Command {
  return parent
    .command(words)
    .description(description)
    .option('--json', 'print the result as one line of JSON')
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  graft ${line}`).join('\n')}`)
}

/** What a command works with. */
export interface Work {
  client: Client
  output: Output
}

/**
 * An action for commander: the command's arguments, and behind them its options, in the order of `words`.
 * Where it ends in a failure that people can do something about, that is told in words; any other keeps its stack.
 */
export function act<Words extends unknown[]>(work: (work: Work, ...words: Words) => Promise<unknown>) {
  return async (...given: unknown[]): Promise<void> => {
    // Commander adds itself behind the options.
    const words = given.slice(0, -1) as Words
    const { json = false, project } = words.at(-1) as { json?: boolean; project?: string }
    const output = openOutput(json)
    const env = project === undefined ? process.env : { ...process.env, GRAFT_PROJECT: project }
    try {
      await work({ client: openClient(env), output }, ...words)
    } catch (error) {
      const [first, ...others] = describeFailure(error) ?? []
      if (first === undefined) throw error
      const { red } = createColors(process.stderr.isTTY && !process.env.NO_COLOR)
      output.note(`${red('error:')} ${first}`)
      for (const line of others) output.note(line)
      process.exitCode = FAILED
    }
  }
}
