// Counts every request when it has been answered: for Prometheus by route, for the bill by API key.
import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from '../context.ts'
import { matchedRoute } from '../matched-route.ts'
import type { Metrics } from './metrics.ts'
import type { UsageMeter } from './usage-meter.ts'

export function observeRequests(metrics: Metrics, usage: UsageMeter): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const start = performance.now()
    await next()
    const milliseconds = performance.now() - start
    const { method } = c.req
    const { status } = c.res
    // Paths without a route are as many as anybody likes: they share one label.
    const route = matchedRoute(c) ?? 'none'
    metrics.observe({
      method: route === 'none' ? 'ANY' : method,
      route,
      status,
      seconds: milliseconds / 1000,
    })
    const key = c.var.key as ApiEnv['Variables']['key'] | undefined
    if (key === undefined) return
    usage.note({
      key,
      failed: status >= 400,
      prediction: status < 400 && /\/(predict|embed|infer)$/.test(route),
      milliseconds,
    })
  }
}
