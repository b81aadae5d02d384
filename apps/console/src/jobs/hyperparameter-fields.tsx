// A field for each hyper-parameter, with the words and bounds that the platform's OpenAPI document gives.
import { useQuery } from '@tanstack/react-query'
import { words } from '../figures.ts'
import { Loaded } from '../parts/loaded.tsx'

interface NumberSchema {
  type: 'integer' | 'number'
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
}
type ValueSchema = NumberSchema | { type: 'string'; enum: string[] }
interface FieldSchema {
  description?: string
  /** Each is "auto" or a value. */
  anyOf: [auto: unknown, value: ValueSchema]
}

export function HyperparameterFields() {
  const fields = useQuery({
    queryKey: ['hyperparameters'],
    queryFn: readFields,
    staleTime: Number.POSITIVE_INFINITY,
  })
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

async function readFields(): Promise<[string, FieldSchema][]> {
  const document = await (await fetch('/openapi.json')).json()
  const body = document.paths['/v1/fine_tuning/jobs'].post.requestBody.content['application/json'].schema
  const { properties } = body.properties.hyperparameters as { properties: Record<string, FieldSchema> }
  return Object.entries(properties)
}
