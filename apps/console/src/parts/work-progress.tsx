// How far a batch or an evaluation is until it ends, and the button that cancels it.
import { Counted } from './counted.tsx'
import { Problem } from './problem.tsx'

export function WorkProgress({
  title,
  work: { progress, finished_at },
  cancel,
}: {
  title: string
  work: { progress: { done: number; images: number }; finished_at: string | null }
  cancel: { isPending: boolean; error: Error | null; mutate(): void }
}) {
  return (
    <>
      {finished_at === null && (
        <div className="row">
          <Counted title={title} done={progress.done} of={progress.images} />
          <button
            type="button"
            className="danger"
            disabled={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            Cancel
          </button>
        </div>
      )}
      {cancel.error && <Problem error={cancel.error} />}
    </>
  )
}
