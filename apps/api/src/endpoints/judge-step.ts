// Whether a canary goes on: what its present step has shown, against the bounds that it was started with. Pure.

export interface Bounds {
  minutesPerStep: number
  maxErrorRate: number
  maxDisagreement: number
  minRequests: number
}

export interface StepCounts {
  answered: number
  failed: number
  compared: number
  disagreed: number
}

export interface Verdict {
  turn: 'wait' | 'go_on' | 'roll_back'
  reason: string
}

/**
 * It goes on once the time is over and both shares rest on as many images as was asked for. It is rolled back at once
 * when a share cannot come back under its bound by the least number of images: nobody waits for more faults then.
 */
export function judgeStep(bounds: Bounds, counts: StepCounts, minutes: number): Verdict {
  const { minRequests, maxErrorRate, maxDisagreement, minutesPerStep } = bounds
  const asked = counts.answered + counts.failed
  const isOver = (count: number, of: number, most: number) => count > most * Math.max(of, minRequests)
  if (isOver(counts.failed, asked, maxErrorRate)) {
    const reason = `${counts.failed} of ${asked} images could not be answered, more than ${percent(maxErrorRate)}.`
    return { turn: 'roll_back', reason }
  }
  if (isOver(counts.disagreed, counts.compared, maxDisagreement)) {
    const reason = `${counts.disagreed} of ${counts.compared} answers differ from those of the traffic before, more than ${percent(maxDisagreement)}.`
    return { turn: 'roll_back', reason }
  }
  if (asked < minRequests) return wait(`${asked} of ${minRequests} images have come.`)
  if (counts.compared < minRequests) return wait(`${counts.compared} of ${minRequests} answers are compared.`)
  if (minutes < minutesPerStep) return wait(`The step lasts ${minutesPerStep} minutes.`)
  return { turn: 'go_on', reason: 'It has stayed under its bounds at every step.' }
}

const wait = (reason: string): Verdict => ({ turn: 'wait', reason })
const percent = (share: number) => `${Number((share * 100).toFixed(3))} %`
