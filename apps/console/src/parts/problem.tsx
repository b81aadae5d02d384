// What went wrong: the code and the message of the platform, and where in the request.
import { RequestError } from '@graft/client/request-error'

export function Problem({ error }: { error: Error }) {
  const { code, errors } = error instanceof RequestError ? error : { code: undefined, errors: [] }
  return (
    <div className="problem" role="alert">
      <p>
        {error.message} {code && <code>{code}</code>}
      </p>
      {errors.length > 1 && (
        <ul>
          {errors.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              <code>{path}</code> {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
