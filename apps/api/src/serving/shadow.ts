// Asks an endpoint's shadow what its callers have asked, after they are answered, and compares.
import { type GraftError, isGraftError } from '@graft/core/errors'
import type { Prediction } from '@graft/core/wire'
import type { EndpointState } from '@graft/db/endpoints'
import { askVersion, type Question } from './ask-model.ts'
import { rank } from './rank.ts'
import type { Serving } from './serving.ts'
import type { Pair } from './shadow-meter.ts'

/** Milliseconds: while callers wait longer than this the shadow is not asked. */
const MOST_WAIT = 100

interface Answered {
  image: Uint8Array
  /** All labels, the most confident first. */
  predictions: Prediction['predictions']
}

/** Returns at once. What the shadow is not asked, or fails at, is counted too. */
export function compareShadow(
  serving: Serving,
  { id: endpointId, shadow, idleTimeoutSeconds }: EndpointState,
  images: Question['images'],
  answers: readonly (Prediction | GraftError)[],
): void {
  const answered: Answered[] = []
  let model = shadow
  for (const [index, answer] of answers.entries()) {
    const image = images[index]
    if (isGraftError(answer) || !(image instanceof Uint8Array)) continue
    model = answer.model
    answered.push({ image, predictions: answer.predictions })
  }
  if (shadow === null || model === null || shadow === model) return
  const pair: Pair = { endpointId, model, shadow }
  void compare(serving, pair, idleTimeoutSeconds, answered).catch((err: unknown) => {
    const isBusy = isGraftError(err, 'overloaded')
    if (!isBusy) serving.log.warn({ err, shadow }, 'the shadow does not answer')
    serving.shadows.add(pair, { [isBusy ? 'skipped' : 'failed']: answered.length })
  })
}

async function compare(
  serving: Serving,
  pair: Pair,
  idleSeconds: number | null,
  answered: readonly Answered[],
): Promise<void> {
  const visit = serving.admission.enter(MOST_WAIT)
  try {
    for (const { image } of answered) visit.hold(image.byteLength)
    visit.join(answered.length)
    const question = { images: answered.map(({ image }) => image), visit, idleSeconds }
    const said = await askVersion(serving, pair.shadow, question, ({ row }, { labels }) =>
      rank(labels, row.logits),
    )
    for (const [index, { predictions }] of answered.entries()) {
      const ranked = said[index]
      const [first] = predictions
      if (ranked === undefined || isGraftError(ranked) || first === undefined) {
        serving.shadows.add(pair, { failed: 1 })
        continue
      }
      const same = ranked.find(({ label }) => label === first.label)
      serving.shadows.add(pair, {
        compared: 1,
        agreed: Number(ranked[0]?.label === first.label),
        difference: Math.abs((same?.confidence ?? 0) - first.confidence),
      })
    }
  } finally {
    visit.leave()
  }
}
