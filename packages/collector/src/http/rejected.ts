import type { Handler } from 'hono'
import { z } from 'zod'
import type { IngestRequest } from '../ingest/draft.ts'
import type { EventResult, Pipeline } from '../ingest/pipeline.ts'
import type { RejectedEvents } from '../ingest/rejected-events.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { RejectedEvent, Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import { cursorSchema, described, json, type Operation, pageOf } from './operation.ts'
import { readQuery } from './query.ts'

interface RejectedDependencies {
  ring: KeyRing
  store: Store
  rejected: RejectedEvents
  /** It keeps nothing that is rejected once more. */
  replayPipeline: Pipeline
}

/** Rejected events in one answer. */
const pageSize = 100
/** Rejected events that are replayed at once. */
const replaySize = 50

/** Strict, for what is not selected by a slip of the pen must not be all. */
const selection = z.strictObject({ code: z.string().optional(), pointer: z.string().optional() })

const eventSample = z
  .unknown()
  .describe('As it came, without tokens and queries of URLs; null where it was too large to be kept')

const listRejected = {
  id: 'listRejected',
  tag: 'Upkeep',
  summary: 'What is wrong with rejected events, and how often',
  keys: ['admin'],
  answers: {
    200: json(
      'By what is wrong, and where',
      pageOf(
        z.object({
          code: z.string(),
          pointer: z.string(),
          count: z.int(),
          firstAt: z.iso.datetime(),
          lastAt: z.iso.datetime(),
          detail: z.string(),
          sample: eventSample,
        }),
      ).extend({ notKept: z.int().describe('Those for which there was no room, since the start') }),
    ),
  },
} satisfies Operation

/** `GET /v1/admin/rejected`: what is wrong, and how often, each with the newest sample. */
export function rejectedHandler({ ring, store, rejected }: RejectedDependencies): Handler {
  return described(listRejected, async (c) => {
    await requireKey(c, ring, listRejected.keys)
    const groups = await store.rejectedGroups()
    const items = groups.map(({ sample, firstAt, lastAt, ...group }) => ({
      ...group,
      firstAt: toIso(firstAt),
      lastAt: toIso(lastAt),
      sample: sample === null ? null : JSON.parse(sample),
    }))
    return sendJson(c, { items, nextCursor: null, notKept: rejected.notKept })
  })
}

const rejectedEventSchema = z.object({
  id: z.string(),
  receivedAt: z.iso.datetime(),
  code: z.string(),
  pointer: z.string(),
  detail: z.string(),
  event: eventSample,
})

const listRejectedEvents = {
  id: 'listRejectedEvents',
  tag: 'Upkeep',
  summary: 'The rejected events themselves, in the order in which they came',
  keys: ['admin'],
  query: selection.extend({
    cursor: cursorSchema.optional(),
    format: z.enum(['json', 'ndjson']).default('json').describe('ndjson: all of them, one a line'),
  }),
  answers: {
    200: {
      description: 'A page of them, or all',
      content: { 'application/json': pageOf(rejectedEventSchema), 'application/x-ndjson': rejectedEventSchema },
    },
  },
} satisfies Operation

/** `GET /v1/admin/rejected/events?code&pointer&cursor&format`: the events themselves; with `format=ndjson` all of them. */
export function rejectedEventsHandler({ ring, store }: RejectedDependencies): Handler {
  return described(listRejectedEvents, async (c) => {
    await requireKey(c, ring, listRejectedEvents.keys)
    const { format, cursor, ...wanted } = readQuery(c, listRejectedEvents.query)
    if (format === 'ndjson') {
      const all = await store.rejectedEvents({ ...wanted, limit: Number.MAX_SAFE_INTEGER })
      const lines = all.map((event) => `${JSON.stringify(shown(event))}\n`)
      return c.body(lines.join(''), 200, {
        'Content-Type': 'application/x-ndjson',
        'Cache-Control': 'private, no-store',
      })
    }
    const events = await store.rejectedEvents({ ...wanted, after: Number(cursor ?? 0), limit: pageSize })
    const nextCursor = events.length === pageSize ? String(events.at(-1)?.id) : null
    return sendJson(c, { items: events.map(shown), nextCursor })
  })
}

const replayRejected = {
  id: 'replayRejected',
  tag: 'Upkeep',
  summary: 'Takes rejected events in, as if the plan had been as it is now when they came',
  description: 'Those that are accepted are rejected events no more.',
  keys: ['admin'],
  query: selection,
  answers: {
    200: json(
      'What became of them',
      z.object({ replayed: z.int(), stored: z.int(), ignored: z.int(), rejected: z.int() }),
    ),
  },
} satisfies Operation

/**
 * `POST /v1/admin/rejected/replay?code&pointer`: takes them in as if the plan had been as it is now when they came.
 * Those that are accepted are rejected events no more.
 */
export function replayHandler(deps: RejectedDependencies): Handler {
  let before: Promise<unknown> = Promise.resolve()
  return described(replayRejected, async (c) => {
    await requireKey(c, deps.ring, replayRejected.keys)
    const wanted = readQuery(c, selection)
    // One after the other: what two of them had before them would be stored twice.
    const replayed = before.then(() => replayAll(wanted, deps))
    before = Promise.allSettled([replayed])
    return sendJson(c, await replayed)
  })
}

async function replayAll(wanted: z.infer<typeof selection>, { store, replayPipeline }: RejectedDependencies) {
  const counts = { replayed: 0, stored: 0, ignored: 0, rejected: 0 }
  for (let after = 0; ; ) {
    const events = await store.rejectedEvents({ ...wanted, after, limit: replaySize })
    const last = events.at(-1)
    if (!last) return counts
    after = last.id
    const accepted: number[] = []
    try {
      for (const event of events) {
        if (event.payload === null) continue
        counts.replayed++
        const result = await replay(event, event.payload, replayPipeline)
        if ('rejection' in result) {
          counts.rejected++
          continue
        }
        counts[result.ack.tracked ? 'stored' : 'ignored']++
        accepted.push(event.id)
      }
    } finally {
      // Also after a failure: the next replay must not store once more what is stored.
      await store.removeRejected(accepted)
    }
  }
}

const purgeRejected = {
  id: 'purgeRejected',
  tag: 'Upkeep',
  summary: 'Lets go of rejected events',
  keys: ['admin'],
  query: selection,
  answers: { 200: json('How many went', z.object({ purged: z.int() })) },
} satisfies Operation

/** `DELETE /v1/admin/rejected?code&pointer`: lets go of them. */
export function purgeRejectedHandler({ ring, store }: RejectedDependencies): Handler {
  return described(purgeRejected, async (c) => {
    await requireKey(c, ring, purgeRejected.keys)
    return sendJson(c, { purged: await store.purgeRejected(readQuery(c, selection)) })
  })
}

async function replay({ request }: RejectedEvent, payload: string, pipeline: Pipeline): Promise<EventResult> {
  const inputs = { events: [JSON.parse(payload)], pointer: '' }
  const [result] = await pipeline.ingest(inputs, JSON.parse(request) as IngestRequest)
  if (!result) throw new HttpProblem('internal', 'there is no answer for this event')
  return result
}

function shown({ id, receivedAt, code, pointer, detail, payload }: RejectedEvent) {
  const event = payload === null ? null : JSON.parse(payload)
  return { id: String(id), receivedAt: toIso(receivedAt), code, pointer, detail, event }
}

const toIso = (ms: number) => new Date(ms).toISOString()
