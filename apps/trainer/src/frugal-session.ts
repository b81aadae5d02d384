// A training session that goes on in smaller parts where its batch does not fit into memory.
import { isGraftError } from '@graft/core/errors'
import { openTrainingSession, type TrainingSession, type TrainingSettings } from '@graft/nn/training-session'

/**
 * Like `openTrainingSession`; but a step that runs out of memory is taken again in parts of half as many images, and so
 * are those after it. The step is the same, but for what live batch norm sees (see `TrainingSettings.microBatch`).
 *
 * @param onShrink told how many images are computed at once from now on
 */
export function openFrugalSession(
  settings: TrainingSettings,
  onShrink: (microBatch: number) => void,
  open: typeof openTrainingSession = openTrainingSession,
): TrainingSession {
  let { microBatch = Number.POSITIVE_INFINITY } = settings
  let state: Pick<TrainingSettings, 'weights' | 'momentum'> = settings
  let session: TrainingSession | undefined = open(settings)
  const current = () => {
    session ??= open({ ...settings, ...state, microBatch })
    return session
  }
  const close = () => {
    session?.close()
    session = undefined
  }
  return {
    step(images, labels, rate, mix) {
      for (;;) {
        try {
          return current().step(images, labels, rate, mix)
        } catch (error) {
          const atOnce = Math.min(microBatch, labels.length)
          if (!isGraftError(error, 'out_of_memory') || atOnce === 1) throw error
          microBatch = Math.ceil(atOnce / 2)
          onShrink(microBatch)
          if (session !== undefined) state = { weights: session.weights(), momentum: session.momentum() }
          close()
        }
      }
    },
    weights: () => current().weights(),
    momentum: () => current().momentum(),
    close,
  }
}
