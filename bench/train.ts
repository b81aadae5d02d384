// How fast the training step is, beside the same step in PyTorch, and how fast an epoch over real photos is.
//
//   node bench/train.ts [--steps 2] [--rounds 5] [--patience 60] [--threads N] [--epochs 3] [--folder PHOTOS]
//
// The peer runs where PEER_PYTHON names an interpreter that has torch and torchvision. Each contender is a process
// of its own; those of one recipe and precision take turns. A turn that had to share the processors is taken again for
// `patience` seconds a comparison; then the turns that were disturbed least count, and `others_percent` says how much.
// Where the machine is never quiet, `--threads 1` and the ratio by processor time tell what is left to tell.
// Prints one line of JSON: images a second, medians of the rounds.
import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { type Measured, measured, takeTurns } from './load.ts'
import { describeMachine, median, peakMegabytes, round } from './machine.ts'
import { openPeer, PEER_PYTHON, TRAIN_PEER } from './peer.ts'

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    patience: { type: 'string', default: '60' },
    threads: { type: 'string', default: String(availableParallelism()) },
    epochs: { type: 'string', default: '3' },
    folder: { type: 'string', default: join(import.meta.dirname, '..', 'examples', 'recycling') },
    recipes: { type: 'string', default: 'seed,auto' },
    precisions: { type: 'string' },
  },
})
const { threads, epochs, folder } = values
const [steps, rounds, patience] = [Number(values.steps), Number(values.rounds), Number(values.patience)]
const BATCH_SIZE = 32
const WARM_UP = 2
const environment = {
  ...process.env,
  OMP_NUM_THREADS: threads,
  TF_NUM_INTRAOP_THREADS: threads,
  TF_NUM_INTEROP_THREADS: threads,
  TF_CPP_MIN_LOG_LEVEL: '3',
}

interface Contender {
  name: 'graft' | 'pytorch_channels_last' | 'pytorch_default'
  pid: number | undefined
  /** Takes so many steps; the seconds that they took. */
  run(steps: number): Promise<number>
  stop(): Promise<unknown>
}

function startOurs(recipe: string, precision: string): Contender {
  const program = join(import.meta.dirname, 'train-steps.ts')
  const child = fork(program, [recipe, precision, String(BATCH_SIZE)], { env: environment })
  const ended = once(child, 'exit')
  return {
    name: 'graft',
    pid: child.pid,
    async run(steps) {
      child.send(steps)
      const answer = await Promise.race([once(child, 'message'), ended.then(() => undefined)])
      if (answer === undefined) throw new Error('our training session has ended')
      return answer[0]
    },
    async stop() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}

let torch: string | undefined
async function startPeer(
  recipe: string,
  precision: string,
  layout: 'channels_last' | 'default',
): Promise<Contender[]> {
  const given = ['steps', recipe, precision, layout, String(BATCH_SIZE), threads]
  const peer = await openPeer(given, environment)
  if (peer === undefined) return []
  torch = peer.greeting.torch
  const run = async (steps: number) => Number(await peer.ask(String(steps)))
  return [{ name: `pytorch_${layout}`, pid: peer.pid, run, stop: peer.stop }]
}

/** One recipe's step: ours and the peer's, and how they compare. */
async function compareSteps(recipe: string, precision: string) {
  const contenders = [startOurs(recipe, precision)]
  try {
    contenders.push(...(await startPeer(recipe, precision, 'channels_last')))
    contenders.push(...(await startPeer(recipe, precision, 'default')))
    for (const contender of contenders) await contender.run(WARM_UP)
    const turn = ({ pid, run }: Contender) => measured(pid, () => run(steps))
    const turns = await takeTurns(contenders, turn, { rounds, patience })
    const figures = new Map([...turns].map(([{ name }, found]) => [name, figuresOf(found)]))
    const ratiosTo = (name: Contender['name']) => {
      const [own, other] = [figures.get('graft'), figures.get(name)]
      if (own === undefined || other === undefined) return null
      return {
        by_time: round(own.images_per_second / other.images_per_second, 2),
        by_cpu_time: round(own.images_per_cpu_second / other.images_per_cpu_second, 2),
      }
    }
    return {
      ...Object.fromEntries(figures),
      to_channels_last: ratiosTo('pytorch_channels_last'),
      to_default: ratiosTo('pytorch_default'),
      peak_rss_megabytes: await peakMegabytes(contenders[0]?.pid),
    }
  } finally {
    for (const contender of contenders) await contender.stop()
  }
}

function figuresOf(found: Measured<number>[]) {
  const images = steps * BATCH_SIZE
  return {
    images_per_second: round(images / median(found.map(({ result }) => result)), 1),
    // A thread that waits for another one spins; with one thread this hardly depends on what else the machine does.
    images_per_cpu_second: round(images / median(found.map(({ cpuSeconds }) => cpuSeconds)), 1),
    others_percent: median(found.map(({ othersPercent }) => othersPercent)),
  }
}

/** Epochs over real photos, data loading included: ours, then the peer's with two loading processes. */
async function compareEpochs(recipe: string, precision: string) {
  const given = [recipe, precision]
  const own = [join(import.meta.dirname, 'train-epochs.ts'), folder, ...given, String(BATCH_SIZE), epochs]
  const other = [TRAIN_PEER, 'epochs', ...given, 'channels_last', String(BATCH_SIZE), threads, folder, epochs]
  return {
    graft: await figuresIn(process.execPath, own),
    pytorch: PEER_PYTHON === undefined ? null : await figuresIn(PEER_PYTHON, other),
  }
}

/** What a program prints, and how much it was disturbed. */
async function figuresIn(program: string, given: string[]) {
  const work = () => promisify(execFile)(program, given, { env: environment })
  const { result, othersPercent } = await measured(process.pid, work)
  return { ...JSON.parse(result.stdout), others_percent: othersPercent }
}

const machine = await describeMachine()
// Without such instructions bfloat16 is slower than float32: nobody would choose it.
const precisions =
  values.precisions?.split(',') ?? (machine.avx512_bf16 ? ['float32', 'bfloat16'] : ['float32'])
const step: Record<string, unknown> = {}
const epoch: Record<string, unknown> = {}
for (const recipe of values.recipes.split(',')) {
  for (const precision of precisions) {
    const name = `${recipe}_${precision}`
    if (rounds > 0) step[name] = await compareSteps(recipe, precision)
    if (Number(epochs) > 0) epoch[name] = await compareEpochs(recipe, precision)
  }
}
const settings = { threads: Number(threads), batch_size: BATCH_SIZE, steps, rounds }
process.stdout.write(`${JSON.stringify({ machine, torch: torch ?? null, ...settings, step, epoch })}\n`)
