// The layout of parameters in TensorFlow: convolutions HWIO, as its kernels want them, others as PyTorch has them.
import type { Shape } from './tensorflow-proto.ts'
import type { Weight } from './weights.ts'

/** The shape of a parameter's variable, by torchvision's shape. */
export function variableShape(shape: Shape): Shape {
  const [out = 0, inward = 0, height = 0, width = 0] = shape
  return shape.length === 4 ? [height, width, inward, out] : shape
}

/** OIHW to the variable's HWIO; other shapes as they are. */
export function toVariable({ shape, data }: Weight): Float32Array {
  const [out = 0, inward = 0, height = 0, width = 0] = shape
  return shape.length === 4 ? axesReversed(data, [out, inward, height * width]) : data
}

/** The way back, by torchvision's shape. */
export function fromVariable(shape: Shape, data: Float32Array): Weight {
  const [out = 0, inward = 0, height = 0, width = 0] = shape
  const own = shape.length === 4 ? axesReversed(data, [height * width, inward, out]) : data
  return { shape: [...shape], data: own }
}

/** [A, B, C] to [C, B, A]. */
function axesReversed(data: Float32Array, [a, b, c]: readonly [number, number, number]): Float32Array {
  const moved = new Float32Array(data.length)
  let from = 0
  for (let i = 0; i < a; i += 1) {
    for (let j = 0; j < b; j += 1) {
      for (let k = 0; k < c; k += 1) {
        moved[(k * b + j) * a + i] = data[from] ?? 0
        from += 1
      }
    }
  }
  return moved
}
