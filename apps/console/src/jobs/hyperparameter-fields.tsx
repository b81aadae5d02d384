// A field for each hyper-parameter, with the bounds that the platform's OpenAPI document gives.
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
type FieldSchema = NumberSchema | { type: 'string'; enum: string[] }

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
          {list.map(([name, schema]) => (
            <label key={name} className="field" htmlFor={`field.${name}`}>
              {words(name)}
              <Field name={name} schema={schema} />
            </label>
          ))}
          <label className="field">
            seed
            <input name="seed" type="number" min={0} step={1} placeholder="1" />
          </label>
          <label className="field">
            priority
            <input name="priority" type="number" min={-100} max={100} step={1} placeholder="0" />
          </label>
        </div>
      )}
    </Loaded>
  )
}

function Field({ name, schema }: { name: string; schema: FieldSchema }) {
  const field = { id: `field.${name}`, name: `.${name}` }
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

/** Each is "auto" or a value: the second of the two says what a value may be. */
async function readFields(): Promise<[string, FieldSchema][]> {
  const document = await (await fetch('/openapi.json')).json()
  const body = document.paths['/v1/fine_tuning/jobs'].post.requestBody.content['application/json'].schema
  const { properties } = body.properties.hyperparameters as {
    properties: Record<string, { anyOf: [unknown, FieldSchema] }>
  }
  return Object.entries(properties).map(([name, { anyOf }]) => [name, anyOf[1]])
}
