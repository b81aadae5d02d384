// A seeded random source whose whole state can be kept in a checkpoint. Algorithm: sfc32 (Chris Doty-Humphrey, PractRand).

export type RandomState = readonly [a: number, b: number, c: number, counter: number]

export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  next(): number
  /** Uniform integer in [0, below). */
  integer(below: number): number
  /** Normal with mean 0 and standard deviation 1 (Box and Muller, 1958). */
  normal(): number
  /** Fisher-Yates, in place. */
  shuffle<T extends { length: number; [index: number]: number }>(items: T): T
  state(): RandomState
}

/** The same seed, or the same state, gives the same numbers. Several seed numbers name a stream, as `(seed, epoch)`. */
export function createRandom(...seed: number[]): Random {
  const random = resumeRandom([0x9e3779b9, 0x243f6a88, 0xb7e15162, 1])
  let state = random.state()
  for (const number of seed) {
    // Each seed number is stirred into the state, and twelve rounds spread it, as the reference seeds itself.
    const stirred = resumeRandom([state[0] ^ number, state[1] ^ Math.floor(number / 2 ** 32), state[2], 1])
    for (let round = 0; round < 12; round += 1) stirred.next()
    state = stirred.state()
  }
  return resumeRandom(state)
}

export function resumeRandom(state: RandomState): Random {
  let [a, b, c, counter] = state
  const next = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  return {
    next,
    integer: (below) => Math.floor(next() * below),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle(items) {
      for (let last = items.length - 1; last > 0; last -= 1) {
        const other = Math.floor(next() * (last + 1))
        const held = items[last] as number
        items[last] = items[other] as number
        items[other] = held
      }
      return items
    },
    state: () => [a, b, c, counter],
  }
}
