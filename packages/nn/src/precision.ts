// In which numbers the activations of a training are computed, and the choice between them.
import { readFileSync } from 'node:fs'
import { PRECISIONS } from '@graft/core/recipes'
import { loadEngine } from './engine.ts'
import { openTrainingSession, type TrainingSettings } from './training-session.ts'

export type Precision = (typeof PRECISIONS)[number]

/** A step's time depends on the pixels, so this many are measured however large the images: 4 of 192 x 192. */
const MEASURED_PIXELS = 4 * 192 * 192
const ROUNDS = 2
/** bfloat16 has 8 bits to float32's 24: it must win by more than a measurement's noise. */
const WORTH_IT = 0.9

/**
 * The faster precision for a job: measured here, in sessions of its own that are gone afterwards, so neither the
 * weights nor a random state of the job is touched. Blocks for about two seconds on two cores, and for none where
 * the processor has no instructions for bfloat16.
 *
 * Two measurements may differ, and the two precisions give different weights: keep the answer with the job, and do
 * not ask again when it goes on.
 *
 * @throws GraftError `engine_unavailable`, `weights_invalid`, `out_of_memory`
 */
export function measurePrecision(settings: Omit<TrainingSettings, 'precision' | 'momentum'>): Precision {
  const onGpu = loadEngine().isUsingGpuDevice()
  if (!onGpu && !hasBfloat16(processor())) return 'float32'
  const { image_size: size, batch_size: batch } = settings.resolved
  const affordable = onGpu ? batch : Math.max(1, Math.round(MEASURED_PIXELS / size ** 2))
  const count = Math.min(batch, affordable)
  const images = new Uint8Array(count * size * size * 3).map((_, index) => (index * 31) % 256)
  const labels = new Int32Array(count)

  const candidates = PRECISIONS.map((precision) => ({
    session: openTrainingSession({ ...settings, precision }),
    best: Number.POSITIVE_INFINITY,
  }))
  try {
    // In turns, so that whatever else the machine does slows both; the first, in which kernels are made, is not counted.
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const candidate of candidates) {
        const started = performance.now()
        candidate.session.step(images, labels, 0)
        if (round > 0) candidate.best = Math.min(candidate.best, performance.now() - started)
      }
    }
  } finally {
    for (const { session } of candidates) session.close()
  }
  const [float32, bfloat16] = candidates.map(({ best }) => best)
  return (bfloat16 ?? 0) < WORTH_IT * (float32 ?? 0) ? 'bfloat16' : 'float32'
}

/** Whether a processor multiplies bfloat16 in hardware, by what /proc/cpuinfo says of it. */
export function hasBfloat16(cpuinfo: string): boolean {
  return /^flags\s*:.*\s(avx512_bf16|amx_bf16)(\s|$)/m.test(cpuinfo)
}

/** Empty where the system has no such file. */
function processor(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8')
  } catch {
    return ''
  }
}
