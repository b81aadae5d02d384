// What went wrong: the title, the message and the code of the platform, and where in the request.
import { ERRORS, type ErrorCode } from '@graft/core/errors'

interface Trouble {
  message: string
  /** Stable; an error of the browser's own has none. */
  code?: unknown
  errors?: readonly { path: string; message: string }[]
}

export function Problem({ error: { message, code, errors = [] } }: { error: Trouble }) {
  // Without it a fault of the browser's own, or of a platform that is newer than the console.
  const [, title] =
    (typeof code === 'string' && Object.hasOwn(ERRORS, code) && ERRORS[code as ErrorCode]) || []
  return (
    <div className="problem" role="alert">
      <p>
        {title !== undefined && <strong>{title}. </strong>}
        {message} {typeof code === 'string' && <code>{code}</code>}
      </p>
      {errors.length > 1 && (
        <ul>
          {errors.map((fault) => (
            <li key={`${fault.path} ${fault.message}`}>
              <code>{fault.path}</code> {fault.message}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
