// Finds images that look alike: a hash of 64 bits of which few differ when a picture is resized or compressed again.
import { setImmediate as turn } from 'node:timers/promises'
import type { Pixels } from './pixels.ts'

/** Side of the square, grey image that is hashed. */
export const HASHED_SIDE = 32
/** Frequencies of each direction that are kept: 8 x 8 bits. */
const KEPT = 8
/** A picture whose strongest frequency is weaker than this (grey levels) shows nothing: its bits would be noise. */
const LEAST_CONTRAST = 1

/** cosines[k * HASHED_SIDE + x]: the DCT-II's, for the frequencies 1 to 8. The constant one tells brightness alone. */
const COSINES = Float64Array.from({ length: KEPT * HASHED_SIDE }, (_, at) => {
  const frequency = Math.floor(at / HASHED_SIDE) + 1
  const x = at % HASHED_SIDE
  return Math.cos((Math.PI * frequency * (x + 0.5)) / HASHED_SIDE)
})

/** Shares of red, green and blue in what is seen as brightness (ITU-R BT.601). */
const RED = 0.299
const GREEN = 0.587
const BLUE = 0.114

/**
 * The brightness of an image, averaged over HASHED_SIDE x HASHED_SIDE cells; a pixel on a border counts in both by its
 * share. One pass over the pixels, with the sums in registers: it runs where others wait.
 * @param pixels each side HASHED_SIDE at least, so that no pixel lies in more than two cells of a direction
 */
export function shrinkGrey({ data, width, height }: Pixels): Uint8Array {
  const sums = new Float64Array(HASHED_SIDE * HASHED_SIDE)
  const row = new Float64Array(HASHED_SIDE)
  let first = 0
  let bottom = height / HASHED_SIDE
  for (let y = 0, at = 0; y < height; y += 1) {
    let cell = 0
    let right = width / HASHED_SIDE
    let sum = 0
    for (let x = 0; x < width; x += 1, at += 3) {
      const light = RED * (data[at] ?? 0) + GREEN * (data[at + 1] ?? 0) + BLUE * (data[at + 2] ?? 0)
      if (x + 1 <= right) {
        sum += light
        continue
      }
      const left = light * (right - x)
      row[cell] = sum + left
      sum = light - left
      cell += 1
      right = ((cell + 1) * width) / HASHED_SIDE
    }
    row[cell] = sum

    const share = Math.min(1, bottom - y)
    addRow(sums, first, row, share)
    if (y + 1 < bottom) continue
    first += HASHED_SIDE
    bottom = ((first / HASHED_SIDE + 1) * height) / HASHED_SIDE
    if (share < 1) addRow(sums, first, row, 1 - share)
  }
  const area = (width * height) / HASHED_SIDE ** 2
  const grey = new Uint8Array(sums.length)
  for (let at = 0; at < grey.length; at += 1) grey[at] = Math.round((sums[at] ?? 0) / area)
  return grey
}

function addRow(sums: Float64Array, first: number, row: Float64Array, share: number): void {
  for (let cell = 0; cell < HASHED_SIDE; cell += 1) {
    sums[first + cell] = (sums[first + cell] ?? 0) + (row[cell] ?? 0) * share
  }
}

/**
 * The signs of the 8 x 8 lowest frequencies about their median, as 16 hex digits; empty for a picture that is flat.
 * Source: C. Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions (2010), 3.2.1.
 * @param grey HASHED_SIDE x HASHED_SIDE, rows from the top
 */
export function perceptualHash(grey: Uint8Array): string {
  const rows = new Float64Array(HASHED_SIDE * KEPT)
  for (let y = 0; y < HASHED_SIDE; y += 1) {
    for (let u = 0; u < KEPT; u += 1) {
      let sum = 0
      for (let x = 0; x < HASHED_SIDE; x += 1) {
        sum += (grey[y * HASHED_SIDE + x] ?? 0) * (COSINES[u * HASHED_SIDE + x] ?? 0)
      }
      rows[y * KEPT + u] = sum
    }
  }
  const frequencies = new Float64Array(KEPT * KEPT)
  for (let v = 0; v < KEPT; v += 1) {
    for (let u = 0; u < KEPT; u += 1) {
      let sum = 0
      for (let y = 0; y < HASHED_SIDE; y += 1) {
        sum += (rows[y * KEPT + u] ?? 0) * (COSINES[v * HASHED_SIDE + y] ?? 0)
      }
      frequencies[v * KEPT + u] = (sum * 4) / HASHED_SIDE ** 2
    }
  }
  if (frequencies.every((value) => Math.abs(value) < LEAST_CONTRAST)) return ''
  const sorted = frequencies.toSorted()
  const median = ((sorted[31] ?? 0) + (sorted[32] ?? 0)) / 2
  let bits = 0n
  for (const value of frequencies) bits = (bits << 1n) | (value > median ? 1n : 0n)
  return bits.toString(16).padStart(16, '0')
}

/**
 * Bits by which two pictures that look alike differ at most. On photos of waste: halved, compressed at JPEG quality 20 or
 * cropped by 2 % nearly all are found (98 to 100 %), cropped by 5 % three fifths; of 79,800 pairs of distinct photos one is
 * taken for alike.
 */
export const ALIKE_BITS = 6
/** Where at most six bits differ, one of seven parts of the hash is equal: only hashes that share a part are compared. */
const PARTS = ALIKE_BITS + 1

/** Milliseconds of grouping at a stretch, and hashes between two looks at the clock. */
const SLICE = 20
const LOOK_EVERY = 16
/** In the place of a picture. */
const NONE = -1

/**
 * Groups the hashes: each is alike to another one of its group. Empty hashes are alike to nothing. It may
 * take seconds for 100,000, and gives way to whatever else waits every SLICE.
 * @returns for each hash the index of the first one of its group; its own where it is alone
 */
export async function groupAlike(hashes: readonly string[]): Promise<Int32Array> {
  const high = Uint32Array.from(hashes, (hash) => Number.parseInt(hash.slice(0, 8), 16))
  const low = Uint32Array.from(hashes, (hash) => Number.parseInt(hash.slice(8), 16))
  const isAlike = (at: number, other: number): boolean => {
    const differing = ones((high[at] ?? 0) ^ (high[other] ?? 0))
    return differing <= ALIKE_BITS && differing + ones((low[at] ?? 0) ^ (low[other] ?? 0)) <= ALIKE_BITS
  }
  const first = Int32Array.from(hashes.keys())
  const find = (at: number): number => {
    let root = at
    while (first[root] !== root) root = first[root] ?? root
    first[at] = root
    return root
  }
  // The groups of a bucket are a list, and so are the members of a group, of which the newest stands for it. All in typed
  // arrays: a list for each would be tens of megabytes of garbage.
  const nextGroup = new Int32Array(hashes.length)
  const nextMember = new Int32Array(hashes.length)
  const lastMember = new Int32Array(hashes.length)
  /** One member that is alike is enough, so many pictures of one thing, as the frames of a film are, cost a comparison each. */
  const isAlikeToOne = (at: number, group: number): boolean => {
    for (let member = group; member !== NONE; member = nextMember[member] ?? NONE) {
      if (isAlike(at, member)) return true
    }
    return false
  }
  const join = (at: number, group: number): void => {
    const [a, b] = [find(at), find(group)]
    first[Math.max(a, b)] = Math.min(a, b)
    nextMember[lastMember[at] ?? at] = group
    lastMember[at] = lastMember[group] ?? group
  }
  let begun = performance.now()
  for (let part = 0; part < PARTS; part += 1) {
    const start = Math.floor((part * 64) / PARTS)
    const mask = 2 ** (Math.floor(((part + 1) * 64) / PARTS) - start) - 1
    const bitsOf = (at: number) => {
      const [top, bottom] = [high[at] ?? 0, low[at] ?? 0]
      return (start < 32 ? (bottom >>> start) | ((top << 1) << (31 - start)) : top >>> (start - 32)) & mask
    }
    /** Of each bucket, by the part's bits. */
    const newestGroup = new Int32Array(mask + 1).fill(NONE)
    for (let at = 0; at < hashes.length; at += 1) {
      if (at % LOOK_EVERY === 0 && performance.now() - begun > SLICE) {
        await turn()
        begun = performance.now()
      }
      if (hashes[at] === '') continue
      const bucket = bitsOf(at)
      nextMember[at] = NONE
      lastMember[at] = at
      let newer = NONE
      for (let group = newestGroup[bucket] ?? NONE; group !== NONE; ) {
        const older = nextGroup[group] ?? NONE
        if (!isAlikeToOne(at, group)) newer = group
        else {
          if (newer === NONE) newestGroup[bucket] = older
          else nextGroup[newer] = older
          join(at, group)
        }
        group = older
      }
      nextGroup[at] = newestGroup[bucket] ?? NONE
      newestGroup[bucket] = at
    }
  }
  for (let at = 0; at < hashes.length; at += 1) find(at)
  return first
}

/** Bits that are set in 32. Source: H. Warren, Hacker's Delight, 5-1. */
function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
