// Offers the newest version of each model to a field that names one.
import { useModels } from '../lists.ts'
import { useMay } from '../session.tsx'

/** Only for who may list models; everybody may write a name. */
export function ModelChoices({ id }: { id: string }) {
  const [train, deploy] = [useMay('train'), useMay('deploy')]
  return train || deploy ? <Choices id={id} /> : null
}

function Choices({ id }: { id: string }) {
  const models = useModels()
  return (
    <datalist id={id}>
      {models.rows?.map(({ name, latest }) => (
        <option key={name} value={`${name}@${latest.version}`} />
      ))}
    </datalist>
  )
}
