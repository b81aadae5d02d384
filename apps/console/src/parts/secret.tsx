// A secret that the platform shows once, to be copied before it goes.
import { useState } from 'react'

interface SecretProps {
  /** What it is: "The key of Ada". */
  title: string
  secret: string
  onKept(): void
}

export function Secret({ title, secret, onKept }: SecretProps) {
  const [isCopied, setCopied] = useState(false)
  return (
    <div className="card secret" role="status">
      <label className="field">
        {title}
        <input readOnly value={secret} onFocus={(event) => event.target.select()} />
      </label>
      <p className="note">Keep it now: it is shown this once.</p>
      <div className="actions">
        {/* Browsers let no page copy that came over plain HTTP from another machine. */}
        {window.isSecureContext && (
          <button
            type="button"
            className="primary"
            onClick={() => void navigator.clipboard.writeText(secret).then(() => setCopied(true))}
          >
            {isCopied ? 'Copied' : 'Copy'}
          </button>
        )}
        <button type="button" onClick={onKept}>
          I have kept it
        </button>
      </div>
    </div>
  )
}
