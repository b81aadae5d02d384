// Writes a model into the store: everything that its row will name, before there is a row.

import type { JobMetrics } from '@graft/core/wire/jobs'
import type { ModelFile } from '@graft/core/wire/models'
import type { Report } from '@graft/core/wire/report'
import { writeSafetensors } from '@graft/nn/safetensors'
import { toOnnx } from '@graft/nn/to-onnx'
import type { ObjectStore } from '@graft/store/object-store'
import type { Checkpoint } from './checkpoint.ts'
import type { Int8 } from './int8.ts'
import type { Assignment } from './messages.ts'

/** Golden examples of a model: enough to notice another decoder, runtime or file, few enough to replay at each load. */
const GOLDEN_EXAMPLES = 8

export interface Artifact {
  checkpoint: Checkpoint
  labels: string[]
  metrics: JobMetrics
  engine: string
  report: Report
  /** The file in eight bits where it is the one to serve, and the checkpoint as it answers. */
  int8?: Int8['served']
  /** Its folder among the job's; the stage's own without it. */
  folder?: string
}

/** The attempt is part of each key, so a trainer that lost its lease cannot write over the bytes of its successor. */
export async function writeArtifact(
  store: ObjectStore,
  { jobId, attempt, dataset, architecture, parent, modelName, recipe, seed }: Assignment,
  artifact: Artifact,
): Promise<Record<string, ModelFile>> {
  const { checkpoint, labels, metrics, engine, int8 } = artifact
  const { stage } = checkpoint
  const card = {
    model: modelName,
    stage,
    architecture,
    labels,
    lineage: {
      ...{ job: jobId, dataset, seed, recipe },
      parent: parent?.reference ?? (recipe.pretrained ? architecture : null),
    },
    metrics,
    engine,
    created_at: new Date().toISOString(),
  }
  const contents: Record<string, Uint8Array> = {
    'model.onnx': toOnnx(architecture, checkpoint.weights),
    'model.safetensors': writeSafetensors(checkpoint.weights, { architecture }),
    'labels.json': json(labels),
    'preprocessing.json': json(recipe.preprocessing),
    'golden.json': json({ examples: goldenExamples(checkpoint) }),
    ...(int8 && {
      'model-int8.onnx': int8.onnx,
      'golden-int8.json': json({ examples: goldenExamples(int8.checkpoint) }),
    }),
    'report.json': json(artifact.report),
    'card.json': json(card),
  }
  const files: Record<string, ModelFile> = {}
  for (const [name, bytes] of Object.entries(contents)) {
    const key = `models/${jobId}/${attempt}/${artifact.folder ?? stage}/${name}`
    files[name] = { key, ...(await store.put(key, bytes)) }
  }
  return files
}

/** Spread over the images, so that several classes are among them. */
function goldenExamples({ images, evaluation }: Checkpoint) {
  const { logits } = evaluation
  const classes = logits.length / images.length
  const count = Math.min(GOLDEN_EXAMPLES, images.length)
  return Array.from({ length: count }, (_, place) => {
    const index = Math.floor((place * images.length) / count)
    return {
      sha256: images[index]?.sha256,
      logits: Array.from(logits.slice(index * classes, (index + 1) * classes)),
    }
  })
}

function json(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`)
}
