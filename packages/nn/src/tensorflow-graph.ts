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
  constant(data: Float32Array | Int32Array, shape: Shape): string
  scalar(value: number): string
  /** A vector of int32, as sizes and axes are given. */
  integers(...values: number[]): string
  placeholder(name: string, dtype: Dtype, shape: Shape): string
  /** The handle of a float32 resource variable, which keeps its value in the session from run to run. */
  variable(name: string, shape: Shape): string
  assign(handle: string, value: string): string
  /** x itself where the types are the same. */
  cast(x: string, from: Dtype, to: Dtype): string
  /** Mean or sum over axes, which fall away. */
  reduce(op: 'Mean' | 'Sum', x: string, ...axes: number[]): string
}

export function createTensorFlowGraph(): TensorFlowGraph {
  const nodes: TensorFlowNode[] = []
  const float32: Attributes = { dtype: { type: 'float32' } }

  const emit: TensorFlowGraph['emit'] = (op, inputs, attributes = FLOAT, name = `${op}_${nodes.length}`) => {
    nodes.push({ name, op, inputs, attributes })
    return name
  }
  const constant: TensorFlowGraph['constant'] = (data, shape) => {
    const dtype: Dtype = data instanceof Float32Array ? 'float32' : 'int32'
    return emit('Const', [], { value: { tensor: { dtype, shape, data } }, dtype: { type: dtype } })
  }
  const integers = (...values: number[]) => constant(Int32Array.from(values), [values.length])
  return {
    nodes,
    emit,
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
    assign: (handle, value) => emit('AssignVariableOp', [handle, value], float32),
    cast: (x, from, to) =>
      from === to ? x : emit('Cast', [x], { SrcT: { type: from }, DstT: { type: to } }),
    reduce: (op, x, ...axes) => emit(op, [x, integers(...axes)], { ...FLOAT, Tidx: { type: 'int32' } }),
  }
}
