// Says to people what went wrong, in the words of who found it.
import { GraftError } from '@graft/core/errors'
import { RequestError } from './client.ts'

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
  if (isSystemError(error)) return [error.message]
  return undefined
}

/** The system refuses a file or a network address; the message names it. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}
