// L-BFGS: minimises a smooth function by its gradient. Source: Nocedal and Wright, Numerical Optimization, algorithm 7.5.

/** The value at a point; writes the gradient there into `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number

/** A step that was taken, and how the gradient changed over it. */
export interface Correction {
  step: Float64Array
  change: Float64Array
  /** step . change, positive */
  curvature: number
}

export interface LbfgsOptions {
  /** Steps and gradient changes that are remembered: the curvature that a direction knows of. */
  readonly memory?: number
  readonly iterations?: number
  /** A step that lowers the value by less than this share of it is the last. */
  readonly tolerance?: number
  /**
   * What is known of the curvature, kept up to date: give the list of a like objective to start with its knowledge.
   * A fitting direction needs no exact curvature, only a positive one.
   */
  readonly corrections?: Correction[]
}

/** Armijo's constant: the share of the linear forecast that a step must reach. */
const SUFFICIENT = 1e-4
const MAX_HALVINGS = 20

/** Walks from `start`, which is left alone, to a point of least value. */
export function minimise(
  objective: Objective,
  start: Float64Array,
  options: LbfgsOptions = {},
): Float64Array {
  const { memory = 10, iterations = 100, tolerance = 1e-6, corrections = [] } = options
  let point = start
  let gradient = new Float64Array(start.length)
  let value = objective(point, gradient)

  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const direction = descent(gradient, corrections)
    const slope = dot(gradient, direction)
    if (!(slope < 0)) break // the gradient is zero to the last bit

    const nextGradient = new Float64Array(point.length)
    let next = point
    let nextValue = value
    // Without curvature the length of the gradient says nothing: the first step is short.
    let size = corrections.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1
    let halvings = 0
    for (; halvings < MAX_HALVINGS; halvings += 1, size /= 2) {
      next = plus(point, size, direction)
      nextValue = objective(next, nextGradient)
      if (nextValue <= value + SUFFICIENT * size * slope) break
    }
    if (halvings === MAX_HALVINGS) break // rounding: no lower point can be told from this one

    const step = plus(next, -1, point)
    const change = plus(nextGradient, -1, gradient)
    const curvature = dot(step, change)
    if (curvature > 0) corrections.push({ step, change, curvature })
    if (corrections.length > memory) corrections.shift()

    const gain = value - nextValue
    point = next
    gradient = nextGradient
    value = nextValue
    if (gain <= tolerance * Math.abs(value)) break
  }
  return point
}

/** The two-loop recursion: minus the inverse Hessian, as far as the corrections know it, times the gradient. */
function descent(gradient: Float64Array, corrections: readonly Correction[]): Float64Array {
  const direction = gradient.map((value) => -value)
  const shares: number[] = []
  for (const { step, change, curvature } of corrections.toReversed()) {
    const share = dot(step, direction) / curvature
    shares.push(share)
    addScaled(direction, -share, change)
  }
  const last = corrections.at(-1)
  if (last) {
    const scale = last.curvature / dot(last.change, last.change)
    for (let index = 0; index < direction.length; index += 1)
      direction[index] = (direction[index] ?? 0) * scale
  }
  for (const { step, change, curvature } of corrections) {
    const share = shares.pop() ?? 0
    addScaled(direction, share - dot(change, direction) / curvature, step)
  }
  return direction
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let index = 0; index < a.length; index += 1) sum += (a[index] ?? 0) * (b[index] ?? 0)
  return sum
}

function addScaled(to: Float64Array, scale: number, values: Float64Array): void {
  for (let index = 0; index < to.length; index += 1)
    to[index] = (to[index] ?? 0) + scale * (values[index] ?? 0)
}

function plus(a: Float64Array, scale: number, b: Float64Array): Float64Array {
  const sum = a.slice()
  addScaled(sum, scale, b)
  return sum
}
