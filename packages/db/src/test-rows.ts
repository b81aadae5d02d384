// Rows that tests start from: a ready data set version, and a job on it.
import { newId } from '@graft/core/ids'
import { DEFAULT_PROJECT, type Project } from '@graft/core/names'
import { TEXTBOOK_PREPROCESSING } from '@graft/core/preprocessing'
import { resolveRecipe } from '@graft/core/recipes'
import type { Database } from './database.ts'
import type { NewModelVersion } from './publication.ts'
import { datasets, datasetVersions, jobs } from './schema.ts'

export async function insertDataset(
  db: Database,
  name: string,
  project: Project = DEFAULT_PROJECT,
): Promise<string> {
  const id = newId('ds')
  await db.insert(datasets).values({ id, project, name })
  await db.insert(datasetVersions).values({
    datasetId: id,
    number: 1,
    state: 'ready',
    archiveKey: 'uploads/none',
    archiveSha256: '0'.repeat(64),
    archiveType: 'zip',
    labels: ['cat', 'dog'],
  })
  return id
}

/** A queued job for a model of the data set's name. */
export async function insertJob(
  db: Database,
  datasetId: string,
  change: Partial<typeof jobs.$inferInsert> = {},
): Promise<string> {
  const id = newId('ftjob')
  await db.insert(jobs).values({
    id,
    project: DEFAULT_PROJECT,
    state: 'queued',
    baseModel: 'resnet18',
    datasetId,
    datasetVersion: 1,
    recipe: 'auto',
    hyperparameters: {},
    resolved: resolveRecipe('auto'),
    seed: 1,
    modelName: 'pets',
    ...change,
  })
  return id
}

export function newVersion(stage: NewModelVersion['stage'] = 'fine_tuned'): NewModelVersion {
  return {
    stage,
    architecture: 'resnet18',
    labels: ['cat', 'dog'],
    preprocessing: TEXTBOOK_PREPROCESSING,
    metrics: { validation_loss: 0.5 },
    files: { 'model.onnx': { key: 'models/x/model.onnx', sha256: 'a'.repeat(64), bytes: 1 } },
  }
}
