// Builds a TensorFlow graph node by node: the few words in which the lowering is written.
import type { Attribute, Dtype, Shape, TensorFlowNode } from './tensorflow-proto.ts'

export type Attributes = Record<string, Attribute>

/** The element type that nearly every operation here has. */
export const FLOAT: Attributes = { T: { type: 'float32' } }

/** Tensors go by the names of the nodes that make them: `node`, or `node:2` for another output than the first. */
export interface TensorFlowGraph {
  readonly nodes: readonly TensorFlowNode[]
  /** Adds a node; one without a name of its own gets one. */
  emit(op: string, inputs: readonly string[], attributes?: Attributes, name?: string): string
  /** What is added meanwhile runs on that device, `/device:GPU:1`; elsewhere TensorFlow chooses. */
  on<T>(device: string, add: () => T): T
  constant(data: Float32Array | Int32Array, shape: Shape): string
  scalar(value: number): string
  /** A vector of int32, as sizes and axes are given. */
  integers(...values: number[]): string
  placeholder(name: string, dtype: Dtype, shape: Shape): string
  /** The handle of a float32 resource variable, which keeps its value in the session from run to run. */
  variable(name: string, shape: Shape): string
  read(handle: string, name?: string): string
  /** @param after an operation that comes first */
  assign(handle: string, value: string, after?: string): string
  assignAdd(handle: string, value: string, after?: string): string
  /** An operation that comes after all these tensors. */
  barrier(tensors: readonly string[]): string
  /** x itself where the types are the same. */
  cast(x: string, from: Dtype, to: Dtype): string
  /** share x + (1 - share) x of the row before; the last row is before the first. */
  mixed(x: string, share: string): string
  /** Of tensors of one shape. */
  sum(tensors: readonly string[]): string
  /** Mean or sum over axes, which fall away. */
  reduce(op: 'Mean' | 'Sum', x: string, ...axes: number[]): string
}

export function createTensorFlowGraph(): TensorFlowGraph {
  const nodes: TensorFlowNode[] = []
  let device = ''
  const float32: Attributes = { dtype: { type: 'float32' } }

  const emit: TensorFlowGraph['emit'] = (op, inputs, attributes = FLOAT, name = `${op}_${nodes.length}`) => {
    nodes.push({ name, op, inputs, attributes, device })
    return name
  }
  const constant: TensorFlowGraph['constant'] = (data, shape) => {
    const dtype: Dtype = data instanceof Float32Array ? 'float32' : 'int32'
    return emit('Const', [], { value: { tensor: { dtype, shape, data } }, dtype: { type: dtype } })
  }
  const ordered = (after?: string) => (after === undefined ? [] : [`^${after}`])
  const integers = (...values: number[]) => constant(Int32Array.from(values), [values.length])
  return {
    nodes,
    emit,
    on(own, add) {
      const outer = device
      device = own
      try {
        return add()
      } finally {
        device = outer
      }
    },
    constant,
    integers,
    scalar: (value) => constant(Float32Array.of(value), []),
    placeholder: (name, dtype, shape) =>
      emit('Placeholder', [], { dtype: { type: dtype }, shape: { shape } }, name),
    variable: (name, shape) =>
      emit('VarHandleOp', [], {
        ...float32,
        shape: { shape },
        shared_name: { string: name },
        container: { string: '' },
      }),
    read: (handle, name) => emit('ReadVariableOp', [handle], float32, name),
    assign: (handle, value, after) => emit('AssignVariableOp', [handle, value, ...ordered(after)], float32),
    assignAdd: (handle, value, after) =>
      emit('AssignAddVariableOp', [handle, value, ...ordered(after)], float32),
    barrier: (tensors) => {
      const makers = new Set(tensors.map((tensor) => tensor.replace(/:\d+$/, '')))
      return emit(
        'NoOp',
        [...makers].map((maker) => `^${maker}`),
        {},
      )
    },
    mixed: (x, share) => {
      const [one, first] = [constant(Int32Array.of(1), []), constant(Int32Array.of(0), [])]
      const types: Attributes = { ...FLOAT, Tshift: { type: 'int32' }, Taxis: { type: 'int32' } }
      const before = emit('Roll', [x, one, first], types)
      const difference = emit('Mul', [emit('Sub', [x, before]), share])
      return emit('AddV2', [before, difference])
    },
    sum: ([first = '', ...more]) =>
      more.length === 0 ? first : emit('AddN', [first, ...more], { ...FLOAT, N: { int: 1 + more.length } }),
    cast: (x, from, to) =>
      from === to ? x : emit('Cast', [x], { SrcT: { type: from }, DstT: { type: to } }),
    reduce: (op, x, ...axes) => emit(op, [x, integers(...axes)], { ...FLOAT, Tidx: { type: 'int32' } }),
  }
}
