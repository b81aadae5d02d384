// Names of projects, data sets, models and endpoints, and references to a version of one: `hotdog@3`, `hotdog@champion`.
import { GraftError } from './errors.ts'

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/

/** A name is lower case letters, digits, `.`, `_` and `-`, 1 to 63 characters, and starts with a letter or digit. */
export function isName(text: string): boolean {
  return NAME.test(text) && !text.includes('..')
}

export function requireName(text: string, what: string): string {
  if (isName(text)) return text
  const article = /^[aeiou]/.test(what) ? 'an' : 'a'
  throw new GraftError(
    'invalid_name',
    `${JSON.stringify(text)} cannot name ${article} ${what}: use 1 to 63 of a-z, 0-9, ".", "_" and "-", starting with a letter or digit.`,
  )
}

/** What a name is unique in. Of a type of its own, so that no other text passes for one. */
export type Project = string & { readonly isProject: true }

/** Where everything lies that nobody has put elsewhere. */
export const DEFAULT_PROJECT = 'default' as Project

/** @throws GraftError `invalid_name` */
export function requireProject(text: string): Project {
  return requireName(text, 'project') as Project
}

/** A version number, an alias, or undefined for the newest. */
export interface Reference {
  name: string
  version?: number | string
}

/**
 * Reads `name`, `name@3` or `name@alias`.
 * @throws GraftError `invalid_name`
 */
export function parseReference(text: string, what: string): Reference {
  const at = text.indexOf('@')
  if (at < 0) return { name: requireName(text, what) }
  const name = requireName(text.slice(0, at), what)
  const version = text.slice(at + 1)
  if (/^[1-9][0-9]{0,8}$/.test(version)) return { name, version: Number(version) }
  return { name, version: requireName(version, `${what} alias`) }
}
