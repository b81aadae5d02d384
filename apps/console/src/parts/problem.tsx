// What went wrong: the message and the code of the platform, and where in the request.

interface Trouble {
  message: string
  /** Stable; an error of the browser's own has none. */
  code?: unknown
  errors?: readonly { path: string; message: string }[]
}

export function Problem({ error: { message, code, errors = [] } }: { error: Trouble }) {
  return (
    <div className="problem" role="alert">
      <p>
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
