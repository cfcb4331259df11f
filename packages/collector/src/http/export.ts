import type { Handler } from 'hono'
import { z } from 'zod'
import { entityTypeParam, eventTypeParam, rangeOf, rangeParams } from '../reports/params.ts'
import { segmentOf, segmentParams } from '../reports/segments.ts'
import { tableFormats } from '../row-text.ts'
import { requireKey } from './access-key.ts'
import { described, type Operation } from './operation.ts'
import { parseParams } from './query.ts'
import { checkNames, orProblem, type ReportDependencies } from './reports.ts'
import { sendTable } from './tables.ts'

const format = z.enum(tableFormats).default('ndjson')

const eventParams = {
  eventType: z.union([eventTypeParam.transform((type) => [type]), z.array(eventTypeParam)]).optional(),
  entityType: entityTypeParam.optional(),
  ...rangeParams,
}

/**
 * What a machine can learn from: `signals`, how often each viewer did what to which entity; `sequences`, what each did
 * one after the other; `segments`, who meets the conditions of the report of that name.
 */
const exportParams = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['signals', 'sequences']), format, ...eventParams }),
  z.strictObject({ kind: z.literal('segments'), format, ...segmentParams }),
])

const exported = {
  id: 'export',
  tag: 'Reports',
  summary: 'What a machine can learn from, as a stream',
  description: `\`signals\`, how often each viewer did what to which entity; \`sequences\`, what each did one after the
other; \`segments\`, who meets the conditions.`,
  keys: ['secret', 'admin'],
  params: exportParams,
  answers: {
    200: {
      description: 'The rows',
      content: { 'application/x-ndjson': z.unknown().describe('A row'), 'text/csv': z.string() },
      headers: { 'As-Of': 'Up to when they are complete, where they lag behind' },
    },
  },
} satisfies Operation

/** Streams one of the exports, with a secret or an admin key. */
export function exportHandler(deps: ReportDependencies): Handler {
  const { plan, ring, store, now, onError } = deps
  return described(exported, async (c) => {
    await requireKey(c, ring, exported.keys)
    const given = Object.entries(c.req.queries()).map(([name, [first, ...more]]) => [
      name,
      more.length > 0 ? [first, ...more] : first,
    ])
    const query = parseParams(exportParams, Object.fromEntries(given), true)
    checkNames(query, plan)
    const { answer, asOf } = await orProblem(() => open(query))
    return sendTable(c, answer, query.format, onError, {
      'Cache-Control': 'private, no-store',
      ...(asOf !== null && { 'As-Of': new Date(asOf).toISOString() }),
    })
  })

  async function open(query: z.infer<typeof exportParams>) {
    if (query.kind === 'segments') {
      const { kind, format, ...params } = query
      return store.stream('segment', segmentOf(params, now()), format)
    }
    const { kind, format, eventType, entityType, ...range } = query
    return store.stream(kind, { scope: { eventTypes: eventType, entityType }, range: rangeOf(range, now()) }, format)
  }
}
