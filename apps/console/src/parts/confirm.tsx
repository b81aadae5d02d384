// A button for what cannot be undone: it says what will happen, and asks once more.
import { type ReactNode, useState } from 'react'

interface ConfirmProps {
  /** Of the button: "Revoke". */
  title: string
  /** What happens: "It opens nothing from now on." Fields may stand in it. */
  says: ReactNode
  disabled: boolean
  onConfirm(): void
}

export function Confirm({ title, says, disabled, onConfirm }: ConfirmProps) {
  const [isAsked, setAsked] = useState(false)
  if (!isAsked) {
    return (
      <button type="button" className="danger" disabled={disabled} onClick={() => setAsked(true)}>
        {title}
      </button>
    )
  }
  const confirm = () => {
    setAsked(false)
    onConfirm()
  }
  return (
    <fieldset className="confirm">
      <legend>{title}?</legend>
      <span>{says}</span>
      <span className="actions">
        <button type="button" className="danger" onClick={confirm}>
          {title}
        </button>
        {/* Who goes on by the keyboard stands where nothing happens. */}
        <button type="button" ref={focus} onClick={() => setAsked(false)}>
          Leave it
        </button>
      </span>
    </fieldset>
  )
}

const focus = (element: HTMLElement | null) => element?.focus()
