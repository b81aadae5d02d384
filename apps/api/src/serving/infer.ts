// An inference of the Open Inference Protocol: tensors in, tensors out, by the endpoint that the protocol calls a model.
import { GraftError, isGraftError } from '@graft/core/errors'
import type { EndpointState } from '@graft/db/endpoints'
import { softmax } from '@graft/nn/inference'
import { askEndpoint, type Question, type Said, type Served } from './ask-model.ts'
import type { InferRequest, ProtocolOutput, Tensor } from './inference-protocol.ts'
import type { LoadedModel } from './load-model.ts'
import type { Serving } from './serving.ts'

/** @throws as `askEndpoint`, and the fault of the first image that has one: the protocol knows no other */
export async function infer(
  serving: Serving,
  endpoint: EndpointState,
  { images, outputs }: InferRequest,
  question: Omit<Question, 'images' | 'outputs'>,
): Promise<{ version: string; fallback: Served['fallback']; tensors: Tensor[] }> {
  const features = outputs.some(({ name }) => name === 'features') ? (['features'] as const) : []
  const answers = await askEndpoint(
    serving,
    endpoint,
    { ...question, images, outputs: features },
    ({ row }, model, { fallback }) => ({ row, model, fallback }),
  )
  const said = answers.map((answer) => {
    if (isGraftError(answer)) throw answer
    // What is counted as an answer must be one: a count that the database refuses would hold up all others.
    if (answer.row.logits.every(Number.isFinite)) return answer
    throw new GraftError('invalid_request', 'The network overflows at such an input.')
  })
  for (const { row, model } of said) {
    const confidence = softmax(row.logits).reduce((high, one) => Math.max(high, one), 0)
    const answer = { model: model.reference, label: labelOf(row, model), confidence }
    serving.answers.add({ endpointId: endpoint.id, ...answer })
  }
  const [first] = said
  if (first === undefined) throw new GraftError('invalid_request', 'There is no image.')
  const tensors = outputs.map(({ name, isBinary }): Tensor => {
    if (name === 'label') {
      return { name, isBinary, shape: [said.length], data: said.map(({ row, model }) => labelOf(row, model)) }
    }
    const rows = said.map(({ row }) => rowOf(name, row))
    const data = Float32Array.from(rows.flatMap((row) => Array.from(row)))
    return { name, isBinary, shape: [rows.length, data.length / rows.length], data }
  })
  return { version: first.model.reference, fallback: first.fallback, tensors }
}

function rowOf(name: Exclude<ProtocolOutput, 'label'>, row: Said['row']): ArrayLike<number> {
  if (name === 'features') return row.features ?? []
  return name === 'logits' ? row.logits : softmax(row.logits)
}

function labelOf({ logits }: Said['row'], { labels }: LoadedModel): string {
  return labels[logits.indexOf(logits.reduce((high, logit) => Math.max(high, logit)))] ?? ''
}
