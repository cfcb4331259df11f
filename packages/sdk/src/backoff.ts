const floorMs = 1_700
const firstCeilingMs = 2_500
const capMs = 300_000
/** A longer Retry-After is taken for this: timers cannot hold more than 24 days. */
const maxRetryAfterMs = 86_400_000

/**
 * How long to wait before the next attempt: anywhere between a floor and a ceiling, so that the pages that failed
 * together do not come back together. The ceiling stays at two and a half seconds for the first three failures, which rides
 * out a restart with three requests and is back at once; then it doubles, up to five minutes.
 * Never less than what the collector asked for.
 *
 * @param failures attempts that failed in a row, 1 after the first
 * @param random between 0 and 1
 */
export function backoffMs(failures: number, retryAfterMs: number, random: number): number {
  const ceilingMs = Math.min(capMs, firstCeilingMs * 2 ** Math.max(0, failures - 3))
  const jitteredMs = floorMs + random * (ceilingMs - floorMs)
  return Math.max(jitteredMs, retryAfterMs && retryAfterMs + random * 1_000)
}

/** Milliseconds that a Retry-After header asks for, as seconds or as a date (RFC 9110, 10.2.3); 0 without one. */
export function parseRetryAfter(header: string | null, nowMs: number): number {
  const waitMs = Number(header) * 1_000 || Date.parse(`${header}`) - nowMs
  return waitMs > 0 ? Math.min(waitMs, maxRetryAfterMs) : 0
}
