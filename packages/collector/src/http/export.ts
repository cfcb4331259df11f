import type { Handler } from 'hono'
import { z } from 'zod'
import { eventTypeParam, rangeOf } from '../reports/params.ts'
import { segmentOf, segmentParams } from '../reports/segments.ts'
import { tableFormats } from '../row-text.ts'
import type { SegmentQuery } from '../store/reads.ts'
import { requireKey } from './access-key.ts'
import { asOfHeader, cacheHeaders } from './caching.ts'
import { described, type Operation } from './operation.ts'
import { parseParams } from './query.ts'
import { checkNames, orProblem, type ReportDependencies } from './reports.ts'
import { sendTable } from './tables.ts'

const kinds = ['signals', 'sequences', 'segments'] as const

const exportParams = z
  .strictObject({
    kind: z.enum(kinds),
    format: z.enum(tableFormats).default('ndjson'),
    eventType: z.union([eventTypeParam.transform((type) => [type]), z.array(eventTypeParam)]).optional(),
    ...segmentParams,
  })
  .refine(
    ({ kind, eventType, ...conditions }) => (kind !== 'segments' ? isFree(conditions) : eventType === undefined),
    {
      path: ['kind'],
      error: 'takes eventType unless it is segments, and only segments take the conditions of a segment',
    },
  )
type ExportParams = z.infer<typeof exportParams>

const isFree = ({ did, didNot, query, filter, preference }: Partial<SegmentQuery>): boolean =>
  [did, didNot, query, filter, preference].every((condition) => condition === undefined)

const exported = {
  id: 'getExport',
  tag: 'Reports',
  summary: 'What a machine can learn from, as long as it is: one row after the other',
  description: `signals: how often each viewer did what to which entity. sequences: what each viewer did, one after the
other. segments: who meets the conditions of the report of that name.`,
  keys: ['secret', 'admin'],
  params: exportParams,
  answers: {
    200: {
      description: 'The rows',
      content: { 'application/x-ndjson': z.unknown().describe('A row'), 'text/csv': z.string() },
      headers: { 'As-Of': 'Up to when it is complete, where it lags behind' },
    },
  },
  problems: ['invalid_request'],
} satisfies Operation

/** `GET /v1/export?kind&from&to&eventType&entityType&format`: streams one of the exports. */
export function exportHandler(deps: ReportDependencies): Handler {
  const { plan, ring, store, now, onError } = deps
  return described(exported, async (c) => {
    await requireKey(c, ring, exported.keys)
    const given = Object.entries(c.req.queries()).map(([name, [first, ...more]]) => [
      name,
      more.length > 0 ? [first, ...more] : first,
    ])
    const query = parseParams(exported.params, Object.fromEntries(given), true)
    const { answer, asOf } = await orProblem(() => open(query))
    return sendTable(c, answer, query.format, onError, { ...cacheHeaders(false), ...asOfHeader(asOf) })
  })

  async function open(query: ExportParams) {
    checkNames(query, plan)
    const { kind, format, eventType, ...params } = query
    if (kind === 'segments') return store.stream('segment', segmentOf(params, plan, now()), format)
    const scope = { eventTypes: eventType, entityType: params.entityType }
    return store.stream(kind, { scope, range: rangeOf(params, now()) }, format)
  }
}
