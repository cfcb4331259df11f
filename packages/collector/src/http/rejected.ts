import type { Context, Handler } from 'hono'
import { z } from 'zod'
import type { IngestRequest } from '../ingest/draft.ts'
import type { EventResult, Pipeline } from '../ingest/pipeline.ts'
import type { RejectedEvents } from '../ingest/rejected-events.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { RejectedEvent, Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import { HttpProblem, sendJson } from './http-problem.ts'

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

const selection = z.object({ code: z.string().optional(), pointer: z.string().optional() })

/** `GET /v1/admin/rejected`: what is wrong, and how often, each with the newest sample. */
export function rejectedHandler({ ring, store, rejected }: RejectedDependencies): Handler {
  return async (c) => {
    await requireKey(c, ring, ['admin'])
    const groups = await store.rejectedGroups()
    const items = groups.map(({ sample, firstAt, lastAt, ...group }) => ({
      ...group,
      firstAt: toIso(firstAt),
      lastAt: toIso(lastAt),
      sample: sample === null ? null : JSON.parse(sample),
    }))
    return sendJson(c, { items, nextCursor: null, notKept: rejected.notKept })
  }
}

/** `GET /v1/admin/rejected/events?code&pointer&cursor&format`: the events themselves; with `format=ndjson` all of them. */
export function rejectedEventsHandler({ ring, store }: RejectedDependencies): Handler {
  return async (c) => {
    await requireKey(c, ring, ['admin'])
    const wanted = readSelection(c)
    if (c.req.query('format') === 'ndjson') {
      const all = await store.rejectedEvents({ ...wanted, limit: Number.MAX_SAFE_INTEGER })
      const lines = all.map((event) => `${JSON.stringify(shown(event))}\n`)
      return c.body(lines.join(''), 200, {
        'Content-Type': 'application/x-ndjson',
        'Cache-Control': 'private, no-store',
      })
    }
    const cursor = c.req.query('cursor')
    if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) {
      throw new HttpProblem('invalid_request', 'the parameter cursor is not one that an answer has named')
    }
    const events = await store.rejectedEvents({ ...wanted, after: Number(cursor ?? 0), limit: pageSize })
    const nextCursor = events.length === pageSize ? String(events.at(-1)?.id) : null
    return sendJson(c, { items: events.map(shown), nextCursor })
  }
}

/**
 * `POST /v1/admin/rejected/replay?code&pointer`: takes them in as if the plan had been as it is now when they came.
 * Those that are accepted are rejected events no more.
 */
export function replayHandler({ ring, store, replayPipeline }: RejectedDependencies): Handler {
  return async (c) => {
    await requireKey(c, ring, ['admin'])
    const wanted = readSelection(c)
    const counts = { replayed: 0, stored: 0, ignored: 0, rejected: 0 }
    for (let after = 0; ; ) {
      const events = await store.rejectedEvents({ ...wanted, after, limit: replaySize })
      const last = events.at(-1)
      if (!last) return sendJson(c, counts)
      after = last.id
      const accepted: number[] = []
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
      await store.removeRejected(accepted)
    }
  }
}

/** `DELETE /v1/admin/rejected?code&pointer`: lets go of them. */
export function purgeRejectedHandler({ ring, store }: RejectedDependencies): Handler {
  return async (c) => {
    await requireKey(c, ring, ['admin'])
    return sendJson(c, { purged: await store.purgeRejected(readSelection(c)) })
  }
}

async function replay({ request }: RejectedEvent, payload: string, pipeline: Pipeline): Promise<EventResult> {
  const inputs = { events: [JSON.parse(payload)], pointer: '', mayBeTooLarge: false }
  const [result] = await pipeline.ingest(inputs, JSON.parse(request) as IngestRequest)
  if (!result) throw new HttpProblem('internal', 'there is no answer for this event')
  return result
}

const readSelection = (c: Context) => selection.parse({ code: c.req.query('code'), pointer: c.req.query('pointer') })

function shown({ id, receivedAt, code, pointer, detail, payload }: RejectedEvent) {
  const event = payload === null ? null : JSON.parse(payload)
  return { id: String(id), receivedAt: toIso(receivedAt), code, pointer, detail, event }
}

const toIso = (ms: number) => new Date(ms).toISOString()
