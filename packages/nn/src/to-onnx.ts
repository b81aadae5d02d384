// Lowers the network to ONNX for serving and export: batch norm is folded into the convolutions.
import { BATCH_NORM_EPSILON, inputOf, type Node } from './graph.ts'
import { encodeOnnx, type OnnxModel, type OnnxNode, type OnnxTensor } from './onnx-proto.ts'
import { type ArchitectureName, FEATURES, resnet } from './resnet.ts'
import { type Weight, type Weights, weightOfNode } from './weights.ts'

export const OPSET = 17

/**
 * Input `images` [N, 3, H, W], normalised. Outputs `logits` [N, classes], `features` [N, 512] and `feature_map`
 * [N, 512, H / 32, W / 32]; a runtime computes only those that are asked for.
 * @throws GraftError `weights_invalid` when a weight is missing or has another shape
 */
export function toOnnx(architecture: ArchitectureName, weights: Weights): Uint8Array {
  return encodeOnnx(lower(architecture, weights), OPSET)
}

/**
 * The same before it is written down, for those who change it.
 * @throws GraftError `weights_invalid`
 */
export function lower(architecture: ArchitectureName, weights: Weights): OnnxModel {
  const classes = weights.get('fc.bias')?.data.length ?? 0
  const network = resnet(architecture, classes, { batchNorm: 'frozen' })
  const nodes: OnnxNode[] = []
  const tensors: OnnxTensor[] = []
  const names = new Map<Node, string>([
    [network.images, 'images'],
    [network.featureMap, 'feature_map'],
    [network.pooled, 'features'],
    [network.logits, 'logits'],
  ])
  const nameOf = (node: Node) => names.get(node) ?? `${node.operation.op}_${node.id}`

  const weightOf = (node: Node) => weightOfNode(weights, node)
  const store = (name: string, shape: readonly number[], data: Float32Array): string => {
    tensors.push({ name, shape, data })
    return name
  }
  const emit = (node: Node, type: string, inputs: string[], attributes: OnnxNode['attributes'] = {}) =>
    nodes.push({ type, inputs, output: nameOf(node), attributes })

  for (const node of network.graph.nodes) {
    const { operation } = node
    const x = () => nameOf(inputOf(node, 0))
    switch (operation.op) {
      case 'input':
      case 'parameter':
      case 'conv2d': // emitted with the batch norm that follows it
        break
      case 'batch_norm': {
        const convolution = inputOf(node, 0)
        if (convolution.operation.op !== 'conv2d') throw new Error('batch norm follows no convolution')
        const folded = fold(weightOf(inputOf(convolution, 1)), node.inputs.slice(1).map(weightOf))
        const name = nameOf(node)
        const inputs = [
          nameOf(inputOf(convolution, 0)),
          store(`${name}_weight`, folded.weight.shape, folded.weight.data),
          store(`${name}_bias`, [folded.bias.length], folded.bias),
        ]
        const kernel = folded.weight.shape[2] ?? 1
        const { stride, padding } = convolution.operation
        emit(node, 'Conv', inputs, windowAttributes(kernel, stride, padding))
        break
      }
      case 'relu':
        emit(node, 'Relu', [x()])
        break
      case 'max_pool':
        emit(node, 'MaxPool', [x()], windowAttributes(operation.kernel, operation.stride, operation.padding))
        break
      case 'add':
        emit(node, 'Add', [x(), nameOf(inputOf(node, 1))])
        break
      case 'global_avg_pool':
        nodes.push({ type: 'GlobalAveragePool', inputs: [x()], output: 'pooled' })
        emit(node, 'Flatten', ['pooled'], { axis: 1 })
        break
      case 'linear': {
        const [weight, bias] = [weightOf(inputOf(node, 1)), weightOf(inputOf(node, 2))]
        const inputs = [
          x(),
          store('fc_weight', weight.shape, weight.data),
          store('fc_bias', bias.shape, bias.data),
        ]
        emit(node, 'Gemm', inputs, { transB: 1 })
        break
      }
      default:
        throw new Error(`${operation.op} has no ONNX form: only the forward network is exported`)
    }
  }

  const outputs = [
    { name: 'logits', shape: ['N', classes] },
    { name: 'features', shape: ['N', FEATURES] },
    { name: 'feature_map', shape: ['N', FEATURES, 'h', 'w'] },
  ]
  return { nodes, tensors, inputs: [{ name: 'images', shape: ['N', 3, 'H', 'W'] }], outputs }
}

function windowAttributes(kernel: number, stride: number, padding: number): OnnxNode['attributes'] {
  return {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
  }
}

/** w' = w s and b' = bias - mean s, where s = weight / sqrt(var + epsilon), by output channel. */
export function fold(convolution: Weight, batchNorm: Weight[]): { weight: Weight; bias: Float32Array } {
  const [weight, bias, mean, variance] = batchNorm.map(({ data }) => data)
  if (!weight || !bias || !mean || !variance) throw new Error('batch norm has four parameters')
  const scale = weight.map((value, index) => value / Math.sqrt((variance[index] ?? 0) + BATCH_NORM_EPSILON))
  const each = convolution.data.length / scale.length
  return {
    weight: {
      shape: convolution.shape,
      data: convolution.data.map((value, index) => value * (scale[Math.floor(index / each)] ?? 0)),
    },
    bias: bias.map((value, index) => value - (mean[index] ?? 0) * (scale[index] ?? 0)),
  }
}
