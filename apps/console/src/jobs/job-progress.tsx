// How far a running job is.
import type { JobProgress as Progress } from '@graft/client/shapes'
import { decimal, duration } from '../figures.ts'

export function JobProgress({ progress }: { progress: Progress | null }) {
  if (progress === null) return null
  const { phase, epoch, epochs, step, steps, loss, images_per_second, eta_seconds } = progress
  const parts = [
    phase,
    ...(epochs > 0 && epoch > 0 ? [`epoch ${epoch} of ${epochs}`] : []),
    ...(steps > 0 ? [`step ${step} of ${steps}`] : []),
    ...(loss === null ? [] : [`loss ${decimal(loss)}`]),
    ...(images_per_second === null ? [] : [`${decimal(images_per_second, 1)} images/s`]),
    ...(eta_seconds === null ? [] : [`${duration(eta_seconds)} left`]),
  ]
  return (
    <div className="progress">
      <progress {...(steps > 0 && { value: step, max: steps })} aria-label="Progress of the job" />
      <span>{parts.join(', ')}</span>
    </div>
  )
}
