import { hash } from 'node:crypto'
import type { Context } from 'hono'
import { etag, RETAINED_304_HEADERS } from 'hono/etag'

/** Lets a browser keep its copy of what anybody may read, and ask whether it is still the same. */
export const publicCaching = etag({
  retainedHeaders: [...RETAINED_304_HEADERS, 'Access-Control-Allow-Origin', 'Access-Control-Expose-Headers', 'As-Of'],
})

/**
 * Answers JSON with its ETag. The caching above makes one of any answer, but has to read it as a stream to do so, which
 * takes longer than the counts themselves.
 */
export function sendTagged(c: Context, answer: unknown, headers: Readonly<Record<string, string>>): Response {
  const text = JSON.stringify(answer)
  const tag = `"${hash('sha256', text, 'base64url')}"`
  return c.body(text, 200, { 'Content-Type': 'application/json', ETag: tag, ...headers })
}

/** Shared caches may keep what anybody may read for a moment. No other answer is kept anywhere. */
export const cacheHeaders = (isPublic: boolean) => ({
  'Cache-Control': isPublic ? 'no-cache, s-maxage=5' : 'private, no-store',
  Vary: 'Origin, Authorization',
})

/** Up to when an answer is complete, where it lags behind the log. */
export const asOfHeader = (asOf: number | null): Record<string, string> =>
  asOf === null ? {} : { 'As-Of': new Date(asOf).toISOString() }
