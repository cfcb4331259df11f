import { randomUUID } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'

/** What is said of an answered request: its route and not its path, in which keys, tokens and people's ids stand. */
export interface RequestLine {
  requestId: string
  method: string
  route: string
  status: number
  durationMs: number
}

/** Told of every error that is not a client's, and of the request in which it happened where there was one. */
export type OnError = (error: unknown, request?: Pick<RequestLine, 'requestId' | 'route'>) => void

interface Observers {
  count: (route: string, status: number) => void
  /** Undefined: nobody wants a line for each request. */
  onRequest: ((line: RequestLine) => void) | undefined
}

/** Counts every answer, and tells of it where somebody wants to know. */
export function observeRequests({ count, onRequest }: Observers): MiddlewareHandler {
  return async (c, next) => {
    const begun = onRequest ? performance.now() : 0
    await next()
    const route = routeOf(c)
    const { status } = c.res
    count(route, status)
    onRequest?.({
      requestId: requestIdOf(c),
      method: c.req.method,
      route,
      status,
      durationMs: performance.now() - begun,
    })
  }
}

const ids = new WeakMap<Context, string>()
const usableId = /^[\w.:-]{1,100}$/

/** Under which a request is found in the log: the one that a proxy gave it, else one made here when first asked for. */
export function requestIdOf(c: Context): string {
  const known = ids.get(c)
  if (known !== undefined) return known
  const given = c.req.header('x-request-id')
  const id = given !== undefined && usableId.test(given) ? given : randomUUID()
  ids.set(c, id)
  return id
}

/** Paths that are routes by themselves: for these, nothing needs to be looked up. */
const plainRoutes = new Set<string>()

/** As it was declared: `/v1/entities/:type/:id`. What only a wildcard matched is no route of ours. */
export function routeOf(c: Context): string {
  const { path } = c.req
  if (plainRoutes.has(path)) return path
  const route = matchedRoutes(c).at(-1)?.path ?? '*'
  if (route.endsWith('*')) return 'none'
  if (route === path) plainRoutes.add(route)
  return route
}
