// A field that names a data set version, and offers the newest of each data set.
import { type InputHTMLAttributes, useId } from 'react'
import { useDatasets } from '../lists.ts'
import { useMay } from '../session.tsx'

export function DatasetField(input: InputHTMLAttributes<HTMLInputElement>) {
  const choices = useId()
  return (
    <label className="field">
      Data set version
      <input list={choices} placeholder="name@version" required {...input} />
      {useMay('data') && <Choices id={choices} />}
    </label>
  )
}

/** Only for who may list data sets; everybody may write a name. */
function Choices({ id }: { id: string }) {
  const { rows } = useDatasets()
  return (
    <datalist id={id}>
      {rows?.map(({ name, latest }) => latest && <option key={name} value={`${name}@${latest.version}`} />)}
    </datalist>
  )
}
