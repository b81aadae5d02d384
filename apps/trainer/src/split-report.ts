// What a checkpoint's logits on a split say: confusion, rates by class, calibration, thresholds, worst mistakes.
import type { SplitReport } from '@graft/core/wire/report'
import { softmax } from '@graft/nn/inference'
import { losses, score } from '@graft/nn/score'
import type { Checkpoint } from './checkpoint.ts'
import { labelsOf } from './dataset.ts'

/** Bins of the confidence, as in Guo et al., arXiv 1706.04599. */
const BINS = 15
const THRESHOLDS = [0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]
const TOP_LOSSES = 12

/** One that tells the answer for each image. */
export type MeasuredSplit = Omit<SplitReport, 'answers'> & { answers: NonNullable<SplitReport['answers']> }

interface Answer {
  label: number
  predicted: number
  confidence: number
}

export function reportSplit(
  checkpoint: Pick<Checkpoint, 'images' | 'evaluation' | 'temperature'>,
  labels: readonly string[],
): MeasuredSplit {
  const { images, evaluation, temperature } = checkpoint
  const { logits } = evaluation
  const truth = labelsOf(images)
  const answers = answersOf(logits, truth)
  const uncalibrated = answersOf(
    logits.map((logit) => logit * temperature),
    truth,
  )
  const confusion = labels.map(() => labels.map(() => 0))
  for (const { label, predicted } of answers) {
    const row = confusion[label]
    if (row !== undefined) row[predicted] = (row[predicted] ?? 0) + 1
  }
  const nameAnswer = (index: number) => {
    const { path = '', sha256 = '', label = 0 } = images[index] ?? {}
    const { predicted = 0, confidence = 0 } = answers[index] ?? {}
    return { path, sha256, label: labels[label] ?? '', predicted: labels[predicted] ?? '', confidence }
  }
  const each = losses(logits, truth)
  const worst = [...each.keys()].sort((a, b) => (each[b] ?? 0) - (each[a] ?? 0)).slice(0, TOP_LOSSES)
  return {
    images: images.length,
    ...score(logits, truth),
    confusion,
    classes: labels.map((label, index) => ({ label, ...ratesOf(confusion, index) })),
    calibration: {
      ece: calibrationError(binsOf(answers)),
      ece_uncalibrated: calibrationError(binsOf(uncalibrated)),
      bins: binsOf(answers),
    },
    thresholds: THRESHOLDS.map((threshold) => {
      const accepted = answers.filter(({ confidence }) => confidence >= threshold)
      return {
        threshold,
        coverage: accepted.length / answers.length,
        accuracy: share(accepted.filter(isRight).length, accepted.length),
      }
    }),
    top_losses: worst.map((index) => ({ ...nameAnswer(index), loss: each[index] ?? 0 })),
    answers: images.map((_, index) => nameAnswer(index)),
  }
}

function answersOf(logits: Float32Array, truth: Int32Array): Answer[] {
  const classes = logits.length / truth.length
  return Array.from(truth, (label, row) => {
    const confidences = softmax(logits.subarray(row * classes, (row + 1) * classes))
    const confidence = Math.max(...confidences)
    return { label, predicted: confidences.indexOf(confidence), confidence }
  })
}

const isRight = ({ label, predicted }: Answer) => label === predicted

function ratesOf(confusion: number[][], index: number) {
  const right = confusion[index]?.[index] ?? 0
  const support = (confusion[index] ?? []).reduce((sum, count) => sum + count, 0)
  const answered = confusion.reduce((sum, row) => sum + (row[index] ?? 0), 0)
  const precision = share(right, answered)
  const recall = share(right, support)
  return { precision, recall, f1: share(2 * right, answered + support), support }
}

function binsOf(answers: readonly Answer[]): SplitReport['calibration']['bins'] {
  const bins = Array.from({ length: BINS }, (): Answer[] => [])
  for (const answer of answers) bins[Math.min(Math.floor(answer.confidence * BINS), BINS - 1)]?.push(answer)
  return bins
    .filter((bin) => bin.length > 0)
    .map((bin) => ({
      confidence: bin.reduce((sum, { confidence }) => sum + confidence, 0) / bin.length,
      accuracy: bin.filter(isRight).length / bin.length,
      images: bin.length,
    }))
}

/** Mean distance of confidence and accuracy, weighted by the bins' images. */
function calibrationError(bins: SplitReport['calibration']['bins']): number {
  const images = bins.reduce((sum, bin) => sum + bin.images, 0)
  return bins.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.accuracy) * (bin.images / images), 0)
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
