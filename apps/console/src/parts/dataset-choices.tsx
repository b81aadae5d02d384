// Offers the newest version of each data set to a field that names one.
import { useDatasets } from '../lists.ts'
import { useMay } from '../session.tsx'

/** Only for who may list data sets; everybody may write a name. */
export function DatasetChoices({ id }: { id: string }) {
  return useMay('data') ? <Choices id={id} /> : null
}

function Choices({ id }: { id: string }) {
  const { rows } = useDatasets()
  return (
    <datalist id={id}>
      {rows?.map(({ name, latest }) => latest && <option key={name} value={`${name}@${latest.version}`} />)}
    </datalist>
  )
}
