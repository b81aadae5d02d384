// Asks an endpoint's shadow, or what a canary is compared with, what callers have asked, after they are answered.
import { type GraftError, isGraftError } from '@graft/core/errors'
import type { Project } from '@graft/core/names'
import type { Prediction } from '@graft/core/wire/predictions'
import type { EndpointState } from '@graft/db/endpoints'
import { askVersion, type Question } from './ask-model.ts'
import { chooseVersion } from './choose-version.ts'
import { rank } from './rank.ts'
import type { Serving } from './serving.ts'
import type { Pair } from './shadow-meter.ts'

/** Milliseconds: while callers wait longer than this the shadow is not asked. */
const MOST_WAIT = 100

interface Answered {
  image: Uint8Array
  model: string
  /** All labels, the most confident first. */
  predictions: Prediction['predictions']
}

/** Returns at once. What the shadow is not asked, or fails at, is counted too. */
export function compareShadow(
  serving: Serving,
  endpoint: EndpointState,
  images: Question['images'],
  answers: readonly (Prediction | GraftError)[],
): void {
  const { id: endpointId, project, shadow, idleTimeoutSeconds } = endpoint
  const answered = answeredOf(images, answers)
  const model = answered[0]?.model ?? shadow
  if (shadow === null || model === null || shadow === model) return
  const pair: Pair = { endpointId, model, shadow }
  const take = (said: Said | undefined) =>
    serving.shadows.add(
      pair,
      said ? { compared: 1, agreed: Number(said.agrees), difference: said.difference } : { failed: 1 },
    )
  void compare(serving, project, shadow, idleTimeoutSeconds, answered, take).catch((err: unknown) => {
    const isBusy = isGraftError(err, 'overloaded')
    if (!isBusy) serving.log.warn({ err, shadow }, 'the shadow does not answer')
    serving.shadows.add(pair, { [isBusy ? 'skipped' : 'failed']: answered.length })
  })
}

/** Of what a canary has answered, as much as its step has to rest on, and a sample of the rest. Returns at once. */
export function compareCanary(
  serving: Serving,
  { project, canary, idleTimeoutSeconds }: EndpointState,
  images: Question['images'],
  answers: readonly (Prediction | GraftError)[],
): void {
  if (canary === null) return
  const answered = answeredOf(images, answers).filter(
    ({ model }) => model === canary.model && serving.canaries.wants(canary),
  )
  const stable = chooseVersion(canary.stable)
  if (answered.length === 0 || stable === undefined) return
  const take = (said: Said | undefined) => said && serving.canaries.compared(canary, said.agrees)
  void compare(serving, project, stable, idleTimeoutSeconds, answered, take).catch((err: unknown) => {
    for (const _ of answered) serving.canaries.missed(canary)
    if (isGraftError(err, 'overloaded')) return
    serving.log.warn({ err, stable }, 'a canary cannot be compared')
  })
}

function answeredOf(images: Question['images'], answers: readonly (Prediction | GraftError)[]): Answered[] {
  return answers.flatMap((answer, index) => {
    const image = images[index]
    if (isGraftError(answer) || !(image instanceof Uint8Array)) return []
    return [{ image, model: answer.model, predictions: answer.predictions }]
  })
}

/** What another version says of an image. */
interface Said {
  agrees: boolean
  /** Of the confidences of the answered label. */
  difference: number
}

/** @param take is told of each image, or undefined where the other version has no answer */
async function compare(
  serving: Serving,
  project: Project,
  other: string,
  idleSeconds: number | null,
  answered: readonly Answered[],
  take: (said: Said | undefined) => void,
): Promise<void> {
  const visit = serving.admission.enterBehind(MOST_WAIT)
  try {
    for (const { image } of answered) visit.hold(image.byteLength)
    visit.join(answered.length)
    const question = { images: answered.map(({ image }) => image), visit, idleSeconds }
    const said = await askVersion(serving, project, other, question, ({ row }, { labels }) =>
      rank(labels, row.logits),
    )
    for (const [index, { predictions }] of answered.entries()) {
      const ranked = said[index]
      const [first] = predictions
      if (ranked === undefined || isGraftError(ranked) || first === undefined) {
        take(undefined)
        continue
      }
      const same = ranked.find(({ label }) => label === first.label)
      take({
        agrees: ranked[0]?.label === first.label,
        difference: Math.abs((same?.confidence ?? 0) - first.confidence),
      })
    }
  } finally {
    visit.leave()
  }
}
