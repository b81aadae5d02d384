// The formats in which a file may hold a tensor's numbers. In memory all are float32.

/** Bytes of one number; little-endian. */
export const WIDTHS = { F32: 4, F16: 2, BF16: 2, F64: 8, I64: 8 } as const

export type NumberFormat = keyof typeof WIDTHS

/** As many numbers as the bytes hold whole. */
export function toFloat32(format: NumberFormat, bytes: Uint8Array): Float32Array {
  const values = new Float32Array(Math.floor(bytes.byteLength / WIDTHS[format]))
  const read = readerOf(format, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  for (let place = 0; place < values.length; place += 1) values[place] = read(place)
  return values
}

function readerOf(format: NumberFormat, view: DataView): (place: number) => number {
  switch (format) {
    case 'F32':
      return (place) => view.getFloat32(place * 4, true)
    case 'F64':
      return (place) => view.getFloat64(place * 8, true)
    case 'I64':
      return (place) => Number(view.getBigInt64(place * 8, true))
    case 'F16':
      return (place) => view.getFloat16(place * 2, true)
    case 'BF16': {
      const bits = new DataView(new ArrayBuffer(4)) // its upper half is written
      return (place) => {
        bits.setUint16(0, view.getUint16(place * 2, true))
        return bits.getFloat32(0)
      }
    }
  }
}
