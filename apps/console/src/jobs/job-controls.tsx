// What a job may be asked for in the state that it is in.
import type { Job } from '@graft/client/shapes'
import { useChange } from '../change.ts'
import { Problem } from '../parts/problem.tsx'
import { useMay, useSession } from '../session.tsx'

type Request = 'pause' | 'resume' | 'stop' | 'cancel'

const REQUESTS: Record<Request, { title: string; says: string; from: readonly Job['status'][] }> = {
  pause: {
    title: 'Pause',
    says: 'What its last epoch has saved is kept',
    from: ['validating_files', 'queued', 'running'],
  },
  resume: { title: 'Resume', says: 'It goes on after its last epoch', from: ['paused'] },
  stop: { title: 'Stop', says: 'Ends the training, and publishes the best so far', from: ['running'] },
  cancel: {
    title: 'Cancel',
    says: 'Ends the job without a model',
    from: ['validating_files', 'queued', 'running', 'paused', 'publishing'],
  },
}

export function JobControls({ job: { id, status } }: { job: Job }) {
  const { graft } = useSession()
  const may = useMay('train')
  const ask = useChange(async (request: Request) => await graft.job(id)[request]())
  const possible = (Object.keys(REQUESTS) as Request[]).filter((request) =>
    REQUESTS[request].from.includes(status),
  )
  if (!may) return null
  return (
    <>
      {possible.map((request) => (
        <button
          key={request}
          type="button"
          className={request === 'cancel' ? 'danger' : ''}
          title={REQUESTS[request].says}
          disabled={ask.isPending}
          onClick={() => ask.mutate(request)}
        >
          {REQUESTS[request].title}
        </button>
      ))}
      {ask.error && <Problem error={ask.error} />}
    </>
  )
}
