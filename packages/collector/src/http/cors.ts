import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { KeyRing } from '../keys/key-ring.ts'

/**
 * Answers preflights for the origins of all keys in force; the request itself is checked against its own key. Never
 * with credentials: no cookie of anybody's is asked for. Servers send no Origin and are left alone.
 */
export function corsFor(
  ring: Pick<KeyRing, 'allowsOrigin'>,
  { preflightSeconds = 7200 }: { preflightSeconds?: number } = {},
): MiddlewareHandler {
  const withOrigin = cors({
    origin: async (origin) => ((await ring.allowsOrigin(origin)) ? origin : null),
    allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type', 'Content-Encoding', 'X-User-Token'],
    exposeHeaders: ['Retry-After', 'ETag', 'As-Of', 'RateLimit', 'RateLimit-Policy', 'X-Request-Id'],
    maxAge: preflightSeconds,
  })
  return (c, next) => (c.req.header('origin') === undefined ? next() : withOrigin(c, next))
}
