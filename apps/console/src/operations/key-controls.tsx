// Gives a key a new secret, or takes it away.
import { dataOf } from '@graft/client/client'
import type { ApiKey } from '@graft/client/shapes'
import { useState } from 'react'
import { useChange } from '../change.ts'
import { time } from '../figures.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Problem } from '../parts/problem.tsx'
import { useSession } from '../session.tsx'
import type { ShownKey } from './keys-page.tsx'

const HOUR = 3600
const OVERLAPS = [
  ['not at all', 0],
  ['for an hour', HOUR],
  ['for a day', 24 * HOUR],
  ['for a week', 7 * 24 * HOUR],
] as const

/** The operator's own: it changes by a start of the platform with another one. */
const ADMIN_KEY_ID = 'key_admin'

interface KeyControlsProps {
  apiKey: ApiKey
  onShown(made: ShownKey | undefined): void
}

export function KeyControls({ apiKey: { id, name, previous_valid_until }, onShown }: KeyControlsProps) {
  const { graft, key: own } = useSession()
  const [overlap, setOverlap] = useState<number>(24 * HOUR)
  const params = { path: { id } }
  const rotate = useChange(
    async () =>
      dataOf(await graft.http.POST('/v1/keys/{id}/rotate', { params, body: { overlap_seconds: overlap } })),
    onShown,
  )
  const revoke = useChange(
    async () => dataOf(await graft.http.DELETE('/v1/keys/{id}', { params })),
    () => onShown(undefined),
  )
  if (id === ADMIN_KEY_ID) return <span className="note">the platform's own</span>
  const isBusy = rotate.isPending || revoke.isPending
  const error = rotate.error ?? revoke.error
  const isOverlapping = previous_valid_until !== null && Date.parse(previous_valid_until) > Date.now()
  return (
    <div className="actions">
      <Confirm
        title="Rotate"
        disabled={isBusy}
        onConfirm={() => rotate.mutate()}
        says={
          <label className="inline">
            {name} gets a new secret; the one before still opens{' '}
            <select value={overlap} onChange={(event) => setOverlap(Number(event.target.value))}>
              {OVERLAPS.map(([title, seconds]) => (
                <option key={seconds} value={seconds}>
                  {title}
                </option>
              ))}
            </select>
          </label>
        }
      />
      <Confirm
        title="Revoke"
        disabled={isBusy}
        onConfirm={() => revoke.mutate()}
        says={`${name} opens nothing from then on${id === own.id ? ', and you are signed out' : ''}.`}
      />
      {isOverlapping && (
        <span className="note">The secret before opens until {time(previous_valid_until)}.</span>
      )}
      {error && <Problem error={error} />}
    </div>
  )
}
