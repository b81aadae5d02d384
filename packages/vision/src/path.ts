// Decides whether a path that a stranger wrote may be used: all path safety of uploads stands here.
import { GraftError } from '@graft/core/errors'
import { limit } from '@graft/core/limits'

/** Controls, line separators, and the marks that make a terminal or a browser show another name than there is. */
const INVISIBLE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
const WINDOWS_DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)/i

/** Why the path is refused, or undefined. */
function faultOf(path: string): string | undefined {
  if (path === '') return 'it is empty'
  if (!path.isWellFormed()) return 'it is no valid Unicode'
  if (INVISIBLE.test(path)) return 'it holds control or direction characters'
  if (path.includes('\\')) return 'it holds a backslash'
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) return 'it is absolute'
  for (const segment of path.split('/')) {
    if (segment === '') return 'it has an empty segment'
    if (segment === '.' || segment === '..') return `it has the segment "${segment}"`
    if (/[ .]$/.test(segment)) return 'a segment ends in a space or a dot, which Windows drops'
    if (WINDOWS_DEVICE.test(segment)) return `${JSON.stringify(segment)} is a device on Windows`
  }
  return undefined
}

/**
 * The path in Unicode's composed form (NFC), so that the same name from macOS and from Linux is the same string:
 * relative, `/`-separated, and safe to join to a folder, to show and to store.
 * @throws GraftError `path_unsafe`
 */
export function safePath(path: string): string {
  const bytes = limit('pathBytes')
  // Measured before it is normalised, which would cost time on a path of megabytes, and after, as NFC may grow it.
  const normal = Buffer.byteLength(path) <= bytes ? path.normalize('NFC') : path
  const fault = Buffer.byteLength(normal) > bytes ? `it is longer than ${bytes} bytes` : faultOf(normal)
  if (fault === undefined) return normal
  throw new GraftError('path_unsafe', `The path ${JSON.stringify(shownPath(path))} is refused: ${fault}.`)
}

/** A refused path as it may be shown and stored: cut to 200 characters, what is invisible replaced. */
export function shownPath(path: string): string {
  const text = path.slice(0, 200).toWellFormed()
  return text.replace(new RegExp(INVISIBLE, 'gu'), '\ufffd')
}
