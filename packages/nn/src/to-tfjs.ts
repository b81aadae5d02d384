// Lowers the network to a graph model of TensorFlow.js, for browsers: batch norm is folded into the convolutions.
// Source of the format: tfjs-converter, `GraphModel` and `operations/executors`.
import { inputOf, type Node } from './graph.ts'
import { type ArchitectureName, resnet } from './resnet.ts'
import { fold } from './to-onnx.ts'
import { toVariable, variableShape } from './variable-layout.ts'
import { type Weights, weightOfNode } from './weights.ts'

/** The name of the file that `model.json` says its weights are in. */
export const TFJS_WEIGHTS = 'weights.bin'

export interface TfjsModel {
  /** `model.json` */
  model: object
  /** `weights.bin` */
  weights: Uint8Array
}

type Attributes = Record<string, object>
const FLOAT: Attributes = { T: { type: 'DT_FLOAT' } }
/** Texts are base64, and integers texts, as JSON writes protocol buffers. */
const text = (value: string) => ({ s: Buffer.from(value).toString('base64') })
const integers = (...values: number[]) => ({ list: { i: values.map(String) } })

/**
 * Input `images` [N, H, W, 3], normalised; output `logits` [N, classes].
 * @throws GraftError `weights_invalid` when a weight is missing or has another shape
 */
export function toTfjs(architecture: ArchitectureName, weights: Weights): TfjsModel {
  const classes = weights.get('fc.bias')?.data.length ?? 0
  const network = resnet(architecture, classes, { batchNorm: 'frozen' })
  const nodes: { name: string; op: string; input: string[]; attr: Attributes }[] = []
  const manifest: { name: string; shape: number[]; dtype: 'float32' | 'int32' }[] = []
  const stored: (Float32Array | Int32Array)[] = []
  const names = new Map<Node, string>([
    [network.images, 'images'],
    [network.logits, 'logits'],
  ])
  const nameOf = (node: Node) => names.get(node) ?? `${node.operation.op}_${node.id}`
  const emit = (name: string, op: string, input: string[], attr: Attributes = FLOAT) => {
    nodes.push({ name, op, input, attr })
    return name
  }
  const store = (name: string, shape: readonly number[], data: Float32Array | Int32Array) => {
    const dtype = data instanceof Float32Array ? ('float32' as const) : ('int32' as const)
    manifest.push({ name, shape: [...shape], dtype })
    stored.push(data)
    return emit(name, 'Const', [], { dtype: { type: dtype === 'float32' ? 'DT_FLOAT' : 'DT_INT32' } })
  }
  const weightOf = (node: Node) => weightOfNode(weights, node)

  for (const node of network.graph.nodes) {
    const { operation } = node
    const name = nameOf(node)
    const x = () => nameOf(inputOf(node, 0))
    switch (operation.op) {
      case 'input':
        emit(name, 'Placeholder', [], { dtype: { type: 'DT_FLOAT' } })
        break
      case 'parameter':
      case 'conv2d': // emitted with the batch norm that follows it
        break
      case 'batch_norm': {
        const convolution = inputOf(node, 0)
        if (convolution.operation.op !== 'conv2d') throw new Error('batch norm follows no convolution')
        const { weight, bias } = fold(weightOf(inputOf(convolution, 1)), node.inputs.slice(1).map(weightOf))
        const { stride, padding } = convolution.operation
        const filter = store(`${name}_weight`, variableShape(weight.shape), toVariable(weight))
        const convolved = emit(`${name}_conv`, 'Conv2D', [nameOf(inputOf(convolution, 0)), filter], {
          ...FLOAT,
          data_format: text('NHWC'),
          strides: integers(1, stride, stride, 1),
          dilations: integers(1, 1, 1, 1),
          padding: text('EXPLICIT'),
          explicit_paddings: integers(0, 0, padding, padding, padding, padding, 0, 0),
        })
        emit(name, 'BiasAdd', [convolved, store(`${name}_bias`, [bias.length], bias)])
        break
      }
      case 'relu':
        emit(name, 'Relu', [x()])
        break
      case 'max_pool': {
        const { kernel, stride, padding: p } = operation
        const margins = store(`${name}_margins`, [4, 2], Int32Array.of(0, 0, p, p, p, p, 0, 0))
        const padded = emit(`${name}_padded`, 'Pad', [x(), margins])
        emit(name, 'MaxPool', [padded], {
          ...FLOAT,
          data_format: text('NHWC'),
          ksize: integers(1, kernel, kernel, 1),
          strides: integers(1, stride, stride, 1),
          padding: text('VALID'),
        })
        break
      }
      case 'add':
        emit(name, 'AddV2', [x(), nameOf(inputOf(node, 1))])
        break
      case 'global_avg_pool': {
        const axes = store(`${name}_axes`, [2], Int32Array.of(1, 2))
        emit(name, 'Mean', [x(), axes], { ...FLOAT, keep_dims: { b: false } })
        break
      }
      case 'linear': {
        const [weight, bias] = [weightOf(inputOf(node, 1)), weightOf(inputOf(node, 2))]
        const matrix = store('fc_weight', weight.shape, weight.data)
        const attributes = { ...FLOAT, transpose_a: { b: false }, transpose_b: { b: true } }
        const product = emit('fc_product', 'MatMul', [x(), matrix], attributes)
        emit(name, 'BiasAdd', [product, store('fc_bias', bias.shape, bias.data)])
        break
      }
      default:
        throw new Error(`${operation.op} has no TensorFlow.js form: only the forward network is exported`)
    }
  }

  const tensor = (name: string, shape: number[]) => ({
    name: `${name}:0`,
    dtype: 'DT_FLOAT',
    tensorShape: { dim: shape.map((size) => ({ size: String(size) })) },
  })
  return {
    model: {
      format: 'graph-model',
      generatedBy: 'graft',
      signature: {
        inputs: { images: tensor('images', [-1, -1, -1, 3]) },
        outputs: { logits: tensor('logits', [-1, classes]) },
      },
      modelTopology: { node: nodes, versions: { producer: 1 } },
      weightsManifest: [{ paths: [TFJS_WEIGHTS], weights: manifest }],
    },
    weights: Buffer.concat(
      stored.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
    ),
  }
}
