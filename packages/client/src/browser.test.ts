// The client stands on what browsers have: it is bundled for one, and no module of Node's is among it.
import { build } from 'vite'
import { expect, test } from 'vitest'

test('a bundle for browsers needs nothing of Node', async () => {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: false,
      lib: { entry: new URL('client.ts', import.meta.url).pathname, formats: ['es'], fileName: 'client' },
    },
  })
  const [bundle] = Array.isArray(result) ? result : [result]
  const chunks = bundle && 'output' in bundle ? bundle.output.filter((file) => file.type === 'chunk') : []
  expect(chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports])).toEqual([])
  const code = chunks.map((chunk) => chunk.code).join('\n')
  expect(code).toContain('/v1/fine_tuning/jobs')
  expect(code).not.toMatch(/node:|__vite-browser-external/)
})
