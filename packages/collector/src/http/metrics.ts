import type { Handler } from 'hono'
import type { Meter } from '../metrics/meter.ts'
import { described, type Operation, text } from './operation.ts'

const metrics = {
  id: 'getMetrics',
  tag: 'Health',
  summary: 'Totals for Prometheus',
  description: 'They name nobody and no entity.',
  answers: { 200: text('In Prometheus’ own format', 'text/plain') },
} satisfies Operation

/** `GET /metrics`: totals for Prometheus. They name nobody and no entity, and take no key. */
export function metricsHandler(meter: Meter): Handler {
  return described(metrics, async (c) =>
    c.body(await meter.exposition(), 200, { 'Content-Type': meter.contentType, 'Cache-Control': 'private, no-store' }),
  )
}
