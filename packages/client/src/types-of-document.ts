// Makes the client's types of an OpenAPI document: for the test that keeps `api-types.ts` current, not for callers.
import openapiTS, { astToString } from 'openapi-typescript'

const HEADER =
  '// Made of the OpenAPI document, and kept current by apps/api/src/client-types.test.ts: do not edit.\n'

export async function typesOfDocument(document: object): Promise<string> {
  const nodes = await openapiTS(document as Parameters<typeof openapiTS>[0], {
    // A default is what the server takes when the caller leaves the field out.
    defaultNonNullable: false,
    alphabetize: true,
  })
  return HEADER + astToString(nodes)
}
