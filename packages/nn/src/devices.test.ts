import { expect, test } from 'vitest'
import { computes, gpus } from './devices.ts'
import { engineName } from './engine.ts'

test('there are GPUs where the engine is one for GPUs', () => {
  expect(gpus().length > 0).toBe(engineName().endsWith('gpu'))
})

test('a device computes if it is there', () => {
  expect(computes('/device:CPU:0')).toBe(true)
  expect(computes('/device:CPU:7')).toBe(false)
  expect(computes('/device:GPU:63')).toBe(false)
})
