// The sign-in: an API key is pasted, and nothing is kept beyond the tab.
import { type FormEvent, useId } from 'react'
import { Problem } from './parts/problem.tsx'

interface SignInProps {
  busy: boolean
  problem: Error | undefined
  onKey(key: string): void
}

export function SignIn({ busy, problem, onKey }: SignInProps) {
  const id = useId()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const key = String(new FormData(event.currentTarget).get('key')).trim()
    if (key !== '') onKey(key)
  }
  return (
    <main className="sign-in">
      <h1 className="brand">Graft</h1>
      <p>From a folder of labelled images to a classifier behind an HTTP endpoint.</p>
      <form onSubmit={submit}>
        <label htmlFor={id}>API key</label>
        {/* biome-ignore lint/a11y/noAutofocus: the page has this one field */}
        <input id={id} name="key" type="password" autoComplete="off" required autoFocus disabled={busy} />
        <button type="submit" className="primary" disabled={busy}>
          {busy ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
      {problem && <Problem error={problem} />}
      <p className="note">
        The key that may do everything lies in <code>.graft/data/admin-key</code> of the folder where the
        platform was started. It is kept in this tab until you close it.
      </p>
    </main>
  )
}
