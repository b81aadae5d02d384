// The GPUs that a training may be split over.
import { loadEngine } from './engine.ts'
import { loadGraph } from './saved-model.ts'
import { createTensorFlowGraph, FLOAT } from './tensorflow-graph.ts'
import { encodeSavedModel } from './tensorflow-proto.ts'

/** More than any machine has. */
const MOST = 64

/**
 * TensorFlow's names of the GPUs that it sees, `/device:GPU:0` and on; none where it computes on the CPU. The binding
 * does not list devices, so each is asked for one number, until one is not there.
 *
 * @throws GraftError `engine_unavailable`
 */
export function gpus(): string[] {
  const seen: string[] = []
  if (!loadEngine().isUsingGpuDevice()) return seen
  while (seen.length < MOST && computes(`/device:GPU:${seen.length}`)) seen.push(`/device:GPU:${seen.length}`)
  return seen
}

/** Whether TensorFlow has a device of this name, and it works. */
export function computes(device: string): boolean {
  const graph = createTensorFlowGraph()
  graph.on(device, () => graph.emit('Identity', [graph.scalar(1)], FLOAT, 'one'))
  try {
    const loaded = loadGraph(encodeSavedModel(graph.nodes))
    try {
      return loaded.run({}, ['one'])[0]?.[0] === 1
    } finally {
      loaded.close()
    }
  } catch {
    return false
  }
}
