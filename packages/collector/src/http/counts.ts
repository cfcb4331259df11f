import {
  type CompiledPlan,
  countsAnswerSchema,
  entityIdSchema,
  entityTypeSchema,
  eventTypeSchema,
  limits,
} from '@tallymark/schemas'
import type { Handler } from 'hono'
import { z } from 'zod'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Store } from '../store/store.ts'
import { requireReader } from './access-key.ts'
import { asOfHeader, cacheHeaders, sendTagged } from './caching.ts'
import { HttpProblem } from './http-problem.ts'
import { described, json, type Operation } from './operation.ts'
import { readQuery } from './query.ts'

interface CountsDependencies {
  plan: CompiledPlan
  ring: KeyRing
  store: Store
  /** Whether what is public may be read without a key. */
  publicReads: boolean
}

const maxEntities = limits.maxCountedEntities

/** One that is named again and again is one. */
const distinct = <Item extends z.ZodType>(items: z.ZodArray<Item>) =>
  z.preprocess((values) => (Array.isArray(values) ? [...new Set(values)] : values), items)

const counts = {
  id: 'getCounts',
  tag: 'Reads',
  summary: 'What is counted of up to 100 entities',
  description: `Events and distinct viewers, without bots. With no \`eventType\` they are those of all types that the plan
marks public; a write key, and whoever sends none where that is allowed, reads no others. What is unknown, or on a
private entity, counts zero.`,
  keys: ['write', 'secret', 'admin'],
  query: z.object({
    entityType: entityTypeSchema,
    entityId: distinct(z.array(entityIdSchema).min(1).max(maxEntities, `may be given ${maxEntities} times at most`)),
    eventType: distinct(z.array(eventTypeSchema)).default([]),
  }),
  answers: {
    200: json('The counts', countsAnswerSchema, {
      headers: {
        ETag: 'Changes when the counts do',
        'As-Of': 'Up to when they are complete, where they lag behind',
      },
    }),
    304: { description: 'Nothing changed since the ETag in If-None-Match' },
  },
} satisfies Operation

/**
 * `GET /v1/counts?entityType=&entityId=&entityId=…&eventType=…`: what is counted of up to 100 entities. A write key
 * reads the event types that the plan marks public, and all of those when it names none.
 */
export function countsHandler({ plan, ring, store, publicReads }: CountsDependencies): Handler {
  return described({ ...counts, isOpen: publicReads }, async (c) => {
    const isPublic = (await requireReader(c, ring, counts.keys, publicReads)) === 'page'
    const { entityType, entityId, eventType } = readQuery(c, counts.query)
    if (!plan.entity(entityType)) throw invalid('entityType', 'is not in the tracking plan')
    const eventTypes = readEventTypes(eventType, plan, isPublic)

    const { answer, asOf } = await store.counts({ entityType, entityIds: entityId.map(String), eventTypes })
    // What a secret key reads is not for everybody.
    return sendTagged(c, answer, { ...cacheHeaders(isPublic), ...asOfHeader(asOf) })
  })
}

function readEventTypes(asked: readonly string[], plan: CompiledPlan, publicOnly: boolean): readonly string[] {
  if (asked.length === 0) return plan.publicEvents
  for (const type of asked) {
    if (!plan.event(type)) throw invalid('eventType', 'is not in the tracking plan')
    if (publicOnly && !plan.publicEvents.includes(type)) {
      throw new HttpProblem(
        'forbidden',
        'only the event types that the plan marks public are read without a secret key',
      )
    }
  }
  return asked
}

const invalid = (parameter: string, fault: string) =>
  new HttpProblem('invalid_request', `the parameter ${parameter} ${fault}`)
