// The loops over pixels, in AssemblyScript, of which src/kernels.wasm is made: a CPU has instructions for sixteen pixels
// at once that JavaScript cannot name. All arithmetic is in integers, or rounded after each operation, so that every
// processor gives the same bits. src/kernels.ts says where in the memory everything lies.

/** Weights have 22 fractional bits, in two halves of 11: products of pixels and halves fit the instruction for pairs. */
const HALF_BITS: i32 = 11
const FRACTION_BITS: i32 = 22
const ROUNDING: i32 = 1 << 21

/**
 * One row of a horizontal pass. The pixels of `line` are red, green, blue; output x reads `taps` of them (an even number)
 * from `first[x]` on, by the weights of its `taps / 2` pairs: two high halves, two low halves, 16 bits each.
 * @param step bytes from one output to the next: 3, or -3 from the last one on
 */
export function resampleRow(
  line: usize,
  first: usize,
  weights: usize,
  taps: i32,
  count: i32,
  out: usize,
  step: i32,
): void {
  // Two pixels, as pairs of 16 bits for each colour.
  const pairs = i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1)
  for (let x = 0; x < count; x += 1) {
    let from = line + 3 * load<i32>(first + ((<usize>x) << 2))
    let high = i32x4.splat(0)
    let low = i32x4.splat(ROUNDING)
    for (let tap = 0; tap < taps; tap += 2) {
      const pixels = i8x16.swizzle(v128.load64_zero(from), pairs)
      high = i32x4.add(high, i32x4.dot_i16x8_s(pixels, v128.load32_splat(weights)))
      low = i32x4.add(low, i32x4.dot_i16x8_s(pixels, v128.load32_splat(weights, 4)))
      from += 6
      weights += 8
    }
    const sums = i32x4.shr_u(i32x4.add(i32x4.shl(high, HALF_BITS), low), FRACTION_BITS)
    store<u8>(out, i32x4.extract_lane(sums, 0))
    store<u8>(out, i32x4.extract_lane(sums, 1), 1)
    store<u8>(out, i32x4.extract_lane(sums, 2), 2)
    out += step
  }
}

/**
 * One row of a vertical pass, of `taps` rows (an even number) that lie in a ring of `taps`, `stride` bytes each (a multiple
 * of 16), the first of them at place `begin`.
 */
export function resampleColumns(
  ring: usize,
  begin: i32,
  taps: i32,
  stride: usize,
  weights: usize,
  out: usize,
): void {
  for (let x: usize = 0; x < stride; x += 16) {
    let high0 = i32x4.splat(0)
    let high1 = high0
    let high2 = high0
    let high3 = high0
    let low0 = i32x4.splat(ROUNDING)
    let low1 = low0
    let low2 = low0
    let low3 = low0
    let place = begin
    let weight = weights
    for (let tap = 0; tap < taps; tap += 2) {
      const a = v128.load(ring + <usize>place * stride + x)
      place = place + 1 === taps ? 0 : place + 1
      const b = v128.load(ring + <usize>place * stride + x)
      place = place + 1 === taps ? 0 : place + 1
      const left = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
      const right = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
      const pairs0 = i16x8.extend_low_i8x16_u(left)
      const pairs1 = i16x8.extend_high_i8x16_u(left)
      const pairs2 = i16x8.extend_low_i8x16_u(right)
      const pairs3 = i16x8.extend_high_i8x16_u(right)
      const highs = v128.load32_splat(weight)
      const lows = v128.load32_splat(weight, 4)
      weight += 8
      high0 = i32x4.add(high0, i32x4.dot_i16x8_s(pairs0, highs))
      high1 = i32x4.add(high1, i32x4.dot_i16x8_s(pairs1, highs))
      high2 = i32x4.add(high2, i32x4.dot_i16x8_s(pairs2, highs))
      high3 = i32x4.add(high3, i32x4.dot_i16x8_s(pairs3, highs))
      low0 = i32x4.add(low0, i32x4.dot_i16x8_s(pairs0, lows))
      low1 = i32x4.add(low1, i32x4.dot_i16x8_s(pairs1, lows))
      low2 = i32x4.add(low2, i32x4.dot_i16x8_s(pairs2, lows))
      low3 = i32x4.add(low3, i32x4.dot_i16x8_s(pairs3, lows))
    }
    const left = i16x8.narrow_i32x4_s(rounded(high0, low0), rounded(high1, low1))
    const right = i16x8.narrow_i32x4_s(rounded(high2, low2), rounded(high3, low3))
    v128.store(out + x, i8x16.narrow_i16x8_u(left, right))
  }
}

function rounded(high: v128, low: v128): v128 {
  return i32x4.shr_u(i32x4.add(i32x4.shl(high, HALF_BITS), low), FRACTION_BITS)
}

/** One colour of a row of pixels, `(x / 255 - mean) / std`, rounded to 32 bits after each operation. */
export function normaliseRow(pixels: usize, colour: i32, count: i32, mean: f32, std: f32, out: usize): void {
  let x = 0
  pixels += colour
  // Four pixels, of each its first byte.
  const fourth = i8x16(0, -1, -1, -1, 3, -1, -1, -1, 6, -1, -1, -1, 9, -1, -1, -1)
  const means = f32x4.splat(mean)
  const stds = f32x4.splat(std)
  for (; x + 4 <= count; x += 4) {
    const bytes = i8x16.swizzle(v128.load(pixels), fourth)
    const share = f32x4.div(f32x4.convert_i32x4_u(bytes), f32x4.splat(255))
    v128.store(out, f32x4.div(f32x4.sub(share, means), stds))
    pixels += 12
    out += 16
  }
  for (; x < count; x += 1) {
    store<f32>(out, (<f32>load<u8>(pixels) / 255 - mean) / std)
    pixels += 3
    out += 4
  }
}
