// What a request ends with when it does not succeed.

/** One fault of a request: where, which, and what to do. */
export interface Fault {
  path: string
  code: string
  message: string
}

/** A refusal of the platform; `code` is stable. Where there was no answer, `status` is 0 and `code` `unreachable`. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly status: number
  readonly code: string
  readonly errors: readonly Fault[]

  constructor(status: number, code: string, message: string, errors: readonly Fault[] = [], cause?: unknown) {
    super(message, { cause })
    this.status = status
    this.code = code
    this.errors = errors
  }
}

/** Reads the problem (RFC 9457) of an answer; a proxy in between may have sent something else. */
export async function errorOf(response: Response): Promise<RequestError> {
  const text = await response.text()
  try {
    const { code, detail, errors } = JSON.parse(text) as { code?: string; detail?: string; errors?: Fault[] }
    if (code !== undefined) return new RequestError(response.status, code, detail ?? code, errors)
  } catch {
    // It is no JSON.
  }
  const message = `${response.url} answered ${response.status} ${response.statusText}: ${text.slice(0, 200)}`
  return new RequestError(response.status, `http_${response.status}`, message)
}
