// Groups the images of an upload that look alike, beside the loop that speaks HTTP: all may be compared with each other.
import { groupAlike } from '@graft/vision/perceptual-hash'
import { startThread } from '../thread.ts'

/** So few are grouped in the time that a thread takes to start. */
const FEW = 10_000

/** As `groupAlike`. */
export async function groupInThread(hashes: readonly string[]): Promise<number[]> {
  if (hashes.length <= FEW) return groupAlike(hashes)
  const thread = startThread<readonly string[], number[]>(new URL('./alike-worker.ts', import.meta.url))
  try {
    return await thread.ask(hashes)
  } finally {
    await thread.close()
  }
}
