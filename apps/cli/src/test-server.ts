// A real HTTP server for one test, which answers as the test says.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** Its URL; it is closed when the test ends. */
export async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The body of a refusal. */
export function problemOf(code: string, errors: object[] = []) {
  return { type: 'about:blank', title: code, status: 400, code, detail: `It is ${code}.`, errors }
}
