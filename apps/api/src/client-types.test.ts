// The client's types are those of our OpenAPI document. After a change of the routes:
// npx vitest run --project unit apps/api/src/client-types.test.ts -u
import { typesOfDocument } from '@graft/client/types-of-document'
import { expect, test } from 'vitest'
import { startTestApi } from './test-api.ts'

test('the types of the client are those of the document', async () => {
  const api = await startTestApi()
  const document = (await (await api.app.request('/openapi.json')).json()) as object
  await api.close()
  const types = await typesOfDocument(document)
  await expect(types).toMatchFileSnapshot('../../../packages/client/src/api-types.ts')
})
