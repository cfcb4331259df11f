import type { Handler } from 'hono'
import type { Meter } from '../metrics/meter.ts'

/** `GET /metrics`: totals for Prometheus. They name nobody and no entity, and take no key. */
export function metricsHandler(meter: Meter): Handler {
  return async (c) =>
    c.body(await meter.exposition(), 200, { 'Content-Type': meter.contentType, 'Cache-Control': 'private, no-store' })
}
