// Chooses one API key, or all.
import { useKeys } from '../lists.ts'

interface KeyChoiceProps {
  /** An id; empty: all. */
  value: string
  onChange(id: string): void
}

export function KeyChoice({ value, onChange }: KeyChoiceProps) {
  const { rows = [] } = useKeys()
  return (
    <label className="inline">
      Key{' '}
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">all</option>
        {rows.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}
