// A model version's weights as PyTorch's state_dict, made from the stored safetensors at each download.
import type { ModelVersionRecord } from '@graft/db/models'
import { writePth } from '@graft/nn/pth'
import { readSafetensors } from '@graft/nn/safetensors'
import type { ObjectStore } from '@graft/store/object-store'

export const STATE_DICT = 'model.pth'

/** What it is made from and named by. Another way to write the same weights must take another suffix. */
export interface StateDictSource {
  key: string
  /** The sha256 of the safetensors file and `-pth`: known before the bytes are made. */
  etag: string
}

/** Undefined for a version that has no safetensors file. */
export function stateDictSource({ files }: ModelVersionRecord): StateDictSource | undefined {
  const weights = files['model.safetensors']
  return weights && { key: weights.key, etag: `"${weights.sha256}-pth"` }
}

/** Costs three times the file in memory while it is made: 134 MB for a ResNet-18. */
export async function makeStateDict(store: ObjectStore, { key }: StateDictSource): Promise<Uint8Array> {
  return writePth(readSafetensors(await store.read(key)))
}
