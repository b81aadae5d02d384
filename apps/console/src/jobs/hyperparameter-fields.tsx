// A field for each hyper-parameter.
import { words } from '../figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { useHyperparameters, type ValueSchema } from './hyperparameters.ts'

export function HyperparameterFields() {
  const fields = useHyperparameters()
  return (
    <Loaded query={fields}>
      {(list) => (
        <div className="fields">
          {list.map(([name, { description, anyOf }]) => (
            <div key={name} className="field">
              <label htmlFor={`field.${name}`}>{words(name)}</label>
              <Field name={name} schema={anyOf[1]} />
              <small id={`about.${name}`}>{description}</small>
            </div>
          ))}
        </div>
      )}
    </Loaded>
  )
}

function Field({ name, schema }: { name: string; schema: ValueSchema }) {
  const field = { id: `field.${name}`, name: `.${name}`, 'aria-describedby': `about.${name}` }
  if (schema.type === 'string') {
    return (
      <select {...field}>
        <option value="">auto</option>
        {schema.enum.map((value) => (
          <option key={value}>{value}</option>
        ))}
      </select>
    )
  }
  const least = schema.minimum ?? schema.exclusiveMinimum
  const most = schema.maximum ?? schema.exclusiveMaximum
  const step = schema.type === 'integer' ? 1 : 'any'
  return <input {...field} type="number" min={least} max={most} step={step} placeholder="auto" />
}
