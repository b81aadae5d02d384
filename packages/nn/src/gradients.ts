// Reverse-mode differentiation: adds the gradient nodes of a loss to the graph that it stands in.
import { addNode, type Graph, inputOf, type Node } from './graph.ts'

/**
 * The gradient of a softmax_cross_entropy by each trainable parameter, shaped like the parameter. Where nothing
 * trainable lies below a node, no gradient of it is made.
 */
export function addGradients(graph: Graph, loss: Node): Map<Node, Node> {
  const logits = inputOf(loss, 0)
  return propagate(
    graph,
    logits,
    addNode(graph, { op: 'softmax_cross_entropy_gradient' }, [loss], logits.shape),
  )
}

/**
 * The same of any node, out of the gradient by it.
 *
 * Source of the scheme: Griewank and Walther, Evaluating Derivatives, 2008, section 3.2.
 */
export function propagate(graph: Graph, from: Node, gradient: Node): Map<Node, Node> {
  const forward = [...graph.nodes]
  const trained = new Set<Node>()
  for (const node of forward) {
    const { operation, inputs } = node
    if (operation.op === 'parameter' ? operation.trainable : inputs.some((each) => trained.has(each))) {
      trained.add(node)
    }
  }

  const gradients = new Map<Node, Node>()
  const flow = (to: Node, operation: Node['operation'], inputs: Node[]) => {
    if (!trained.has(to)) return
    pass(to, addNode(graph, operation, inputs, to.shape))
  }
  const pass = (to: Node, gradient: Node) => {
    if (!trained.has(to)) return
    const sum = gradients.get(to)
    gradients.set(to, sum === undefined ? gradient : addNode(graph, { op: 'add' }, [sum, gradient], to.shape))
  }

  pass(from, gradient)
  for (const node of forward.reverse()) {
    const { operation } = node
    const dy = gradients.get(node)
    if (dy === undefined || operation.op === 'parameter') continue
    const x = inputOf(node, 0)
    switch (operation.op) {
      case 'conv2d': {
        const weight = inputOf(node, 1)
        flow(weight, { ...operation, op: 'conv2d_weight_gradient' }, [dy, x, weight])
        flow(x, { ...operation, op: 'conv2d_input_gradient' }, [dy, x, weight])
        break
      }
      case 'batch_norm':
        flow(x, { op: 'batch_norm_gradient', of: 'x' }, [dy, node])
        flow(inputOf(node, 1), { op: 'batch_norm_gradient', of: 'weight' }, [dy, node])
        flow(inputOf(node, 2), { op: 'batch_norm_gradient', of: 'bias' }, [dy, node])
        break
      case 'relu':
        flow(x, { op: 'relu_gradient' }, [dy, node])
        break
      case 'max_pool':
        flow(x, { op: 'max_pool_gradient' }, [dy, node])
        break
      case 'add':
        pass(x, dy)
        pass(inputOf(node, 1), dy)
        break
      case 'global_avg_pool':
        flow(x, { op: 'global_avg_pool_gradient' }, [dy, x])
        break
      case 'linear': {
        const weight = inputOf(node, 1)
        flow(weight, { op: 'linear_weight_gradient' }, [dy, x])
        flow(inputOf(node, 2), { op: 'linear_bias_gradient' }, [dy])
        flow(x, { op: 'linear_input_gradient' }, [dy, weight])
        break
      }
      default:
        throw new Error(`${operation.op} has no gradient`)
    }
  }
  return new Map([...gradients].filter(([node]) => node.operation.op === 'parameter'))
}
