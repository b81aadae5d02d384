// Several of a few words, to be ticked.

interface ChoicesProps<T extends string> {
  legend: string
  /** Each with what it means. */
  options: Readonly<Record<T, string>>
  chosen: readonly T[]
  onChange(chosen: T[]): void
}

export function Choices<T extends string>({ legend, options, chosen, onChange }: ChoicesProps<T>) {
  const names = Object.keys(options) as T[]
  const toggle = (name: T) => onChange(names.filter((other) => (other === name) !== chosen.includes(other)))
  return (
    <fieldset>
      <legend>{legend}</legend>
      {names.map((name) => (
        <label key={name} className="choice">
          <input type="checkbox" checked={chosen.includes(name)} onChange={() => toggle(name)} />
          <span>
            <strong>{name}</strong> <span className="note">{options[name]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
