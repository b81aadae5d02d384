// A decoded image in memory: what decoding makes and everything after it reads.

/** 8-bit sRGB, rows from the top, `data[(y * width + x) * 3 + channel]`. */
export interface Pixels {
  data: Uint8Array
  width: number
  height: number
}
