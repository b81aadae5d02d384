// Says to people what went wrong, in the words of who found it.
import { RequestError } from '@graft/client/request-error'
import { GraftError } from '@graft/core/errors'

/**
 * The lines for standard error: `detail (code)`, then a line for each single fault that the detail does not tell.
 * Undefined for what is a fault of the program itself, and should keep its stack.
 */
export function describeFailure(error: unknown): string[] | undefined {
  if (error instanceof RequestError || error instanceof GraftError) {
    const faults = error.errors
      .filter(({ path, message }) => !error.message.includes(path ? `${path}: ${message}` : message))
      .map(({ path, code, message }) => `  ${path}: ${message} (${code})`)
    return [`${error.message} (${error.code})`, ...faults]
  }
  if (isSystemError(error)) return [sentenceOf(error)]
  return undefined
}

/** The system refuses a file or a network address; the message names it. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

const SENTENCES: Record<string, (path: string) => string> = {
  ENOENT: (path) => `There is no file or folder ${path}.`,
  EISDIR: (path) => `${path} is a folder, and a file is wanted.`,
  ENOTDIR: (path) => `${path} leads through a file, as if it were a folder.`,
  EACCES: (path) => `${path} may not be used by this user.`,
  EEXIST: (path) => `${path} is there already.`,
  ENOSPC: (path) => `There is no room on the disk for ${path}.`,
}

/** The system's refusal of a path in words; what is of no path, such as a network's, is told as the system has it. */
export function sentenceOf(error: NodeJS.ErrnoException, path = error.path): string {
  const words = SENTENCES[error.code ?? '']
  return words === undefined || path === undefined ? error.message : words(path)
}
