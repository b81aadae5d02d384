import { expect, test } from 'vitest'
import { shrink } from './shrink.ts'

const image = (width: number, height: number) => ({
  data: new Uint8Array(width * height * 3).fill(77),
  width,
  height,
})

test.each([
  [500, 300, 250, 150],
  [300, 500, 150, 250],
  [400, 400, 150, 150],
  [2000, 151, 1987, 150],
])(
  '%i x %i becomes %i x %i: the short side is 150, the ratio is kept',
  (width, height, toWidth, toHeight) => {
    const result = shrink(image(width, height), 150)
    expect(result).toEqual({
      width: toWidth,
      height: toHeight,
      data: new Uint8Array(toWidth * toHeight * 3).fill(77),
    })
  },
)

test('an image that is small enough is left alone', () => {
  const small = image(150, 900)
  expect(shrink(small, 150)).toBe(small)
})
