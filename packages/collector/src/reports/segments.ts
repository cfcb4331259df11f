import type { CompiledPlan } from '@tallymark/schemas'
import { z } from 'zod'
import type { SegmentQuery } from '../store/reads.ts'
import {
  checkNamed,
  cursorParam,
  entityTypeParam,
  eventTypeParam,
  limitParam,
  type RangeParams,
  rangeOf,
  rangeParams,
  toCursor,
} from './params.ts'
import { report } from './report.ts'

/** Whom a segment is made of: all conditions hold. */
export const segmentParams = {
  did: eventTypeParam.optional(),
  didNot: eventTypeParam.optional(),
  query: z.string().min(1).optional(),
  filter: z.string().min(1).optional(),
  preference: z
    .string()
    .regex(/^[^:]+:./, 'must be a dimension and a value with a colon between them')
    .optional(),
  entityType: entityTypeParam.optional(),
  minCount: z.coerce.number().int().min(1).default(1),
  ...rangeParams,
}

type SegmentParams = Omit<SegmentQuery, 'range'> & RangeParams

/**
 * The viewers who did `did` at least `minCount` times (on entities of `entityType`), never did `didNot`, searched for
 * `query` and filtered by `filter`, all in the range, and prefer `preference`; count and times are those of `did`, without it of all their events
 * on such entities. Only users who signed in have an id and an e-mail address, the latter from their token; a device has
 * its anonymous id, and whoever was known for a day or a session only has neither. CSV and NDJSON have all of them.
 */
export const segments = report({
  method: 'GET',
  path: '/v1/reports/segments',
  summary: 'Who did something so often, and did not do something else: users and devices, to reach them or to learn.',
  audience: 'server',
  query: z.strictObject({
    ...segmentParams,
    limit: limitParam(100, 1000),
    cursor: cursorParam(z.tuple([z.int().min(0)])).default([0]),
  }),
  answer: z.object({
    items: z.array(
      z.object({
        actorId: z.string().nullable(),
        email: z.string().nullable(),
        anonymousId: z.string().nullable(),
        count: z.int(),
        firstSeen: z.string(),
        lastSeen: z.string(),
      }),
    ),
    nextCursor: z.string().nullable(),
  }),
  async run({ limit, cursor, ...params }, { read, plan, now }) {
    const { members, next } = await read('segment', { ...segmentOf(params, plan, now), after: cursor[0], limit })
    return { items: members, nextCursor: next === null ? null : toCursor([next]) }
  },
  async stream({ limit, cursor, ...params }, { stream, plan, now }) {
    return stream('segment', segmentOf(params, plan, now))
  },
})

/** @throws {ParamError} when it names an event type that the plan does not have */
export function segmentOf(
  { from, to, timezone, ...conditions }: SegmentParams,
  plan: CompiledPlan,
  now: number,
): SegmentQuery {
  checkNamed(plan, { did: conditions.did, didNot: conditions.didNot })
  return { ...conditions, range: rangeOf({ from, to, timezone }, now) }
}
