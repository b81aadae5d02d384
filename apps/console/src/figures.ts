// Numbers and times as people read them.

export const percent = (share: number | null | undefined) =>
  share === null || share === undefined ? '–' : `${(share * 100).toFixed(1)}\u00a0%`

export const decimal = (value: number | null | undefined, digits = 3) =>
  value === null || value === undefined ? '–' : value.toFixed(digits)

export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), units.length - 1)
  return `${(count / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}

/** @example duration(74) // '1 min 14 s' */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
export const time = (iso: string) => TIME.format(new Date(iso))

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
export const day = (iso: string) => DAY.format(new Date(iso))

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
export const clock = (iso: string) => CLOCK.format(new Date(iso))

/** @example words('freeze_until') // 'freeze until' */
export const words = (name: string) => name.replaceAll('_', ' ')
