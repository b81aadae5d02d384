// What parent and child say to each other over the channel between them.
import type { ErrorCode } from '@graft/core/errors'
import type { ResolvedRecipe } from '@graft/core/recipes'
import type { JobMetrics, JobProgress } from '@graft/core/wire/jobs'
import type { ModelFile } from '@graft/core/wire/models'
import type { ParentModel } from '@graft/db/models'
import type { ArchitectureName } from '@graft/nn/resnet'

/** The parent's first message: the job, and where its bytes lie. The child has the store, not the database. */
export interface Assignment {
  jobId: string
  attempt: number
  /** A location that `openStore` takes. */
  store: string
  manifestKey: string
  /** `hotdog@1` */
  dataset: string
  architecture: ArchitectureName
  /** The version whose weights it starts from; without one from the base model's, or from random ones. */
  parent?: ParentModel
  modelName: string
  recipe: ResolvedRecipe
  seed: number
  /** For which the processes of earlier attempts have trained: so much of the job's time is gone. */
  secondsSpent?: number
}

/** The child's last word stands in its rows: nobody goes on from what it has saved. */
export const RECORDED = 'recorded'

/** Between the two at most: the training is to end after its step, and the best so far is published. */
export const STOP = 'stop'

export type Stage = 'probe' | 'fine_tuned'

/** A model whose bytes are all in the store, ready for its row. */
export interface Candidate {
  stage: Stage
  labels: string[]
  metrics: JobMetrics
  files: Record<string, ModelFile>
}

export type Report =
  | { type: 'started'; engine: string }
  /** What was still open, and is now measured. */
  | { type: 'resolved'; recipe: ResolvedRecipe }
  | { type: 'event'; level: 'info' | 'warn'; message: string; data?: Record<string, unknown> }
  | { type: 'progress'; progress: JobProgress }
  /** What the process has used since it told before. */
  | { type: 'usage'; seconds: number; cpuSeconds: number; gpuSeconds: number }
  /** The values of one epoch, or of the probe. */
  | {
      type: 'metrics'
      message: string
      metrics: JobMetrics
      data: { stage: string; epoch: number } & JobMetrics
    }
  | { type: 'publish'; model: Candidate }
  /** Training is over: what follows only measures and writes. */
  | { type: 'finishing' }
  /** The job's result is the version that was published as `stage`; with `files` in place of those it had. */
  | { type: 'done'; stage: Stage; metrics: JobMetrics; files?: Record<string, ModelFile> }
  | { type: 'failed'; code: ErrorCode; message: string }

export type Reporter = (report: Report) => void
