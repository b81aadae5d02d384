// Reads the command line's words; what cannot be read is a usage error before anything is asked.
import { InvalidArgumentError } from 'commander'

export function readCount(text: string): number {
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1.')
}

export function readSeed(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 0.')
}

export function readPriority(text: string): number {
  if (/^-?\d{1,3}$/.test(text) && Math.abs(Number(text)) <= 100) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from -100 to 100.')
}

/** @example readSteps('5,25,50,100') // [5, 25, 50, 100] */
export function readSteps(text: string): number[] {
  if (/^[1-9]\d{0,2}(,[1-9]\d{0,2})*$/.test(text)) return text.split(',').map(Number)
  throw new InvalidArgumentError('It must be percentages, as 5,25,50,100.')
}

export function readShare(text: string): number {
  const share = Number(text)
  if (text.trim() !== '' && share >= 0 && share <= 1) return share
  throw new InvalidArgumentError('It must be a number from 0 to 1.')
}

/** @example readValues('epochs=3,6', {}) // { epochs: [3, 6] } */
export function readValues(
  text: string,
  before: Record<string, (string | number)[]> = {},
): Record<string, (string | number)[]> {
  const [, key, list] = /^([a-z_]+)=(\S+)$/.exec(text) ?? []
  if (key === undefined || list === undefined) {
    throw new InvalidArgumentError('It must be key=value,value, as epochs=3,6.')
  }
  return {
    ...before,
    [key]: list.split(',').map(numberOrWord),
  }
}

/**
 * Adds `key=value` to the hyper-parameters given before. Which there are, and in which bounds, the platform knows.
 * @example readSetting('epochs=3', { momentum: 0.9 }) // { momentum: 0.9, epochs: 3 }
 */
export function readSetting(
  text: string,
  before: Record<string, string | number> = {},
): Record<string, string | number> {
  const [, key, value] = /^([a-z_]+)=(\S+)$/.exec(text) ?? []
  if (key === undefined || value === undefined) {
    throw new InvalidArgumentError('It must be key=value, as epochs=3.')
  }
  return { ...before, [key]: numberOrWord(value) }
}

function numberOrWord(text: string): number | string {
  const number = Number(text)
  return Number.isNaN(number) ? text : number
}
