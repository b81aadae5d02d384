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
const { memory, ...kernels } = new WebAssembly.Instance(program).exports as unknown as Kernels

export const { resampleRow, resampleColumns, normaliseRow } = kernels

const PAGE = 64 * 1024
/** A load of sixteen bytes may begin at the last one of an area. */
const SPARE = 16

/**
 * Areas of so many bytes, each at a multiple of 16, until the next call: they begin where those of the call before began.
 * The memory grows with what is asked for, and never shrinks.
 */
export function reserve(...sizes: number[]): { bytes: Uint8Array; places: number[] } {
  let end = 0
  const places = sizes.map((size) => {
    const place = end
    end = Math.ceil((end + size + SPARE) / 16) * 16
    return place
  })
  const missing = end - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
  return { bytes: new Uint8Array(memory.buffer), places }
}
