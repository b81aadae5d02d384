// The loops over pixels that assembly/kernels.ts is made of, and the memory that they work in.
//
// kernels.wasm is built by `pnpm --filter @graft/vision build`; a test builds it again and compares.
import { readFileSync } from 'node:fs'

interface Kernels {
  memory: WebAssembly.Memory
  resampleRow(
    line: number,
    first: number,
    weights: number,
    taps: number,
    count: number,
    out: number,
    step: number,
  ): void
  resampleColumns(
    ring: number,
    begin: number,
    taps: number,
    stride: number,
    weights: number,
    out: number,
  ): void
  normaliseRow(pixels: number, colour: number, count: number, mean: number, std: number, out: number): void
}

const program = new WebAssembly.Module(readFileSync(new URL('./kernels.wasm', import.meta.url)))
const start = () => new WebAssembly.Instance(program).exports as unknown as Kernels
let kernels = start()

const PAGE = 64 * 1024
/** A load of sixteen bytes may begin at the last one of an area. */
const SPARE = 16
/** Memory that is kept for the next image: that of a huge one is given back when a smaller one comes. */
const KEPT = 16 * 1024 ** 2

export interface Work<Sizes extends number[]> extends Omit<Kernels, 'memory'> {
  bytes: Uint8Array<ArrayBuffer>
  /** Where each area begins. */
  places: { [Index in keyof Sizes]: number }
}

/**
 * Areas of so many bytes, each at a multiple of 16, until the next call: they begin where those of the call before began.
 */
export function reserve<Sizes extends number[]>(...sizes: Sizes): Work<Sizes> {
  let end = 0
  const places = sizes.map((size) => {
    const place = end
    end = Math.ceil((end + size + SPARE) / 16) * 16
    return place
  }) as Work<Sizes>['places']
  if (Math.max(end, KEPT) < kernels.memory.buffer.byteLength) kernels = start()
  const { memory, ...loops } = kernels
  const missing = end - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
  return { ...loops, bytes: new Uint8Array(memory.buffer), places }
}
