import { afterEach, expect, test, vi } from 'vitest'
import { createAdmission, type Visit } from './admission.ts'

const overloaded = expect.objectContaining({ code: 'overloaded' })
const abandoned = expect.objectContaining({ code: 'request_abandoned' })

afterEach(() => {
  vi.useRealTimers()
})

/** An admission that has learned that an image costs 10 ms and takes 20, for two run at once, with so many images waiting. */
function busy(images: number, longest = 100) {
  const admission = createAdmission(longest, 1000, 2)
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

/** As many who are refused as an overload brings: in a second more than would fill the wait again. */
function overload() {
  const { admission, crowd } = busy(11)
  for (let refused = 0; refused < 20; refused += 1) expect(() => admission.enter()).toThrow(overloaded)
  return { admission, crowd }
}
const finish = (visit: Visit, images: number) => {
  for (let finished = 0; finished < images; finished += 1) visit.finish(10, 20)
}

test('a burst may wait: those past it are refused until there is room again', () => {
  const { admission, crowd } = busy(11)
  expect(() => admission.enter()).toThrow('take 110 ms, more than the 100 ms')
  finish(crowd, 1)
  admission.enter().join(1)
})

test('in an overload only what fills the next batches is let in', () => {
  const { admission, crowd } = overload()
  finish(crowd, 7)
  expect(() => admission.enter()).toThrow('take 40 ms, more than the 30 ms')
  finish(crowd, 1)
  admission.enter().join(1)
  expect(() => admission.enter()).toThrow(overloaded)
})

test('an overload is over when those who were refused would fit', () => {
  vi.useFakeTimers()
  const { admission, crowd } = overload()
  finish(crowd, 6)
  expect(() => admission.enter()).toThrow('more than the 30 ms')
  vi.advanceTimersByTime(2000)
  admission.enter().join(1)
})

test('a refused request counts by the images that requests bring', () => {
  const { admission, crowd } = busy(0)
  for (let request = 0; request < 50; request += 1) {
    const visit = admission.enter()
    visit.join(8)
    visit.leave()
  }
  crowd.join(11)
  for (let refused = 0; refused < 3; refused += 1) expect(() => admission.enter()).toThrow(overloaded)
  finish(crowd, 6)
  expect(() => admission.enter()).toThrow('more than the 30 ms')
})

test('in an overload nothing is done behind the callers; else it waits for less than they may', () => {
  const { admission, crowd } = overload()
  finish(crowd, 9)
  admission.enter()
  expect(() => admission.enterBehind(1000)).toThrow(overloaded)
  const { admission: calm } = busy(5)
  expect(() => calm.enterBehind(40)).toThrow(overloaded)
  calm.enterBehind(60).join(1)
})

test('what waits for a cold model takes no place from what could run', () => {
  const { admission, crowd } = overload()
  finish(crowd, 7)
  const arrive = crowd.waitForModel(4)
  const warm = admission.enter()
  warm.join(3)
  warm.leave()
  arrive()
  expect(() => admission.enter()).toThrow('more than the 30 ms')
  arrive()
  crowd.waitForModel(4)
  crowd.leave()
  admission.enter().join(3)
  admission.enter().join(1)
  expect(() => admission.enter()).toThrow(overloaded)
})

test('who brings bytes and asks nothing is bounded by them alone', () => {
  const { admission } = overload()
  const bringing = admission.enterToBring()
  bringing.hold(1000)
  expect(() => bringing.hold(1)).toThrow(overloaded)
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
