import type { ErrorHandler, Hono, MiddlewareHandler } from 'hono'
import { StoreError } from '../store/store.ts'
import { HttpProblem, sendProblem } from './http-problem.ts'
import { type OnError, requestIdOf, routeOf } from './observe.ts'

/** Turns whatever was thrown into a problem document. What is not the client's fault is told to the operator alone. */
export function answerProblem(onError: OnError): ErrorHandler {
  return (error, c) => {
    if (error instanceof HttpProblem) return sendProblem(c, error.problem, error.headers)
    onError(error, { requestId: requestIdOf(c), route: routeOf(c) })
    const { problem } =
      error instanceof StoreError && error.code !== 'internal'
        ? new HttpProblem('storage_unavailable', 'nothing was stored: send it again later')
        : new HttpProblem('internal', 'nothing was stored: the collector’s log says why')
    return sendProblem(c, problem)
  }
}

export function refuseWhileStopping(isStopping: () => boolean): MiddlewareHandler {
  return (_c, next) => {
    if (!isStopping()) return next()
    const detail = 'the collector is stopping: send it again'
    throw new HttpProblem('shutting_down', detail, { headers: { Connection: 'close' } })
  }
}

/** A broken percent-encoding would otherwise stand for itself: a name that nobody meant. */
export const refuseBrokenEncoding: MiddlewareHandler = (c, next) => {
  if (c.req.url.includes('%') && !isDecodable(c.req.url)) {
    throw new HttpProblem('invalid_request', 'the URL has a % that is not followed by an encoded character of UTF-8')
  }
  return next()
}

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url)
    return true
  } catch {
    return false
  }
}

/** Answers 405 on every path that exists for other methods. Call it after all routes were added. */
export function methodNotAllowed(app: Hono): void {
  const methods = new Map<string, Set<string>>()
  for (const { path, method } of app.routes) {
    if (method !== 'ALL') methods.set(path, (methods.get(path) ?? new Set()).add(method))
  }
  for (const [path, allowed] of methods) {
    const list = [...allowed].join(', ')
    app.all(path, () => {
      throw new HttpProblem('method_not_allowed', `this path takes ${list}`, { headers: { Allow: list } })
    })
  }
}
