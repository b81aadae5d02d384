import { afterEach, expect, test, vi } from 'vitest'
import { createAdmission } from './admission.ts'

const overloaded = expect.objectContaining({ code: 'overloaded' })
const abandoned = expect.objectContaining({ code: 'request_abandoned' })

afterEach(() => {
  vi.useRealTimers()
})

/** An admission that has learned that an image costs 10 ms and takes 20, for two run at once, with so many images waiting. */
function busy(images: number, longest = 100) {
  const admission = createAdmission(longest, 1000)
  const teacher = admission.enter()
  teacher.join(1)
  teacher.finish(10, 20)
  teacher.leave()
  const crowd = admission.enter()
  crowd.join(images)
  return { admission, crowd }
}

test('the wait is that of the images before', () => {
  const { admission, crowd } = busy(3)
  expect(admission.expectedWait()).toBeCloseTo(30)
  crowd.finish(10, 20)
  expect(admission.expectedWait()).toBeCloseTo(20)
  crowd.leave()
  expect(admission.expectedWait()).toBe(0)
})

test('who would wait too long is refused, and let in once the crowd has gone', () => {
  const { admission, crowd } = busy(11)
  expect(() => admission.enter()).toThrow(overloaded)
  crowd.leave()
  admission.enter().join(64)
})

test('a burst may wait; in an overload as few are let in as keep the machine busy, until the refused would fit', () => {
  vi.useFakeTimers()
  const { admission, crowd } = busy(10)
  admission.enter().join(1)
  for (let refused = 0; refused < 20; refused += 1) expect(() => admission.enter()).toThrow(overloaded)
  for (let finished = 0; finished < 7; finished += 1) crowd.finish(10, 20)
  expect(() => admission.enter()).toThrow('take 40 ms, more than the 30 ms')
  crowd.finish(10, 20)
  admission.enter().join(1)
  expect(() => admission.enter()).toThrow(overloaded)
  // Of 22 who were refused 5 are left.
  vi.advanceTimersByTime(4000)
  admission.enter().join(1)
})

test('a body that was let in is refused when others came before it meanwhile', () => {
  const { admission } = busy(5)
  const slow = admission.enter()
  admission.enter().join(6)
  expect(() => slow.join(1)).toThrow(overloaded)
})

test('a deadline that the wait would miss is refused at once', () => {
  const { admission } = busy(5)
  expect(() => admission.enter(40)).toThrow(overloaded)
  admission.enter(60)
})

test('bodies are bounded together, and slow ones keep nobody out', () => {
  const { admission } = busy(0)
  const slow = Array.from({ length: 500 }, () => admission.enter())
  for (const visit of slow) visit.hold(1)
  const other = admission.enter()
  other.hold(500)
  expect(() => other.hold(1)).toThrow(overloaded)
  slow[0]!.leave()
  other.hold(1)
})

test('a request that has left counts for nothing more, though its body still comes', () => {
  const admission = createAdmission(1000, 100)
  const late = admission.enter()
  late.hold(60)
  late.leave()
  expect(() => late.hold(60)).toThrow(abandoned)
  expect(() => late.join(5)).toThrow(abandoned)
  late.finish(200, 200)
  const next = admission.enter()
  next.hold(100)
  expect(admission.expectedWait()).toBe(0)
})
