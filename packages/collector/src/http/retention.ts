import type { Handler } from 'hono'
import { z } from 'zod'
import type { KeyRing } from '../keys/key-ring.ts'
import { minKeepDays, type Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import type { Arrivals } from './arrivals.ts'
import { parseAs, parseBody, readBody } from './body.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import { described, json, type Operation } from './operation.ts'

/** For how long events are kept, and what lets go of the others. */
export interface RetentionControl {
  /** Undefined: the configuration leaves it to the store. */
  configured: number | undefined
  run(): Promise<number>
}

interface RetentionDependencies {
  ring: KeyRing
  store: Store
  arrivals: Arrivals
  retention: RetentionControl
}

const retentionSchema = z.object({
  keepDays: z.int().nullable().describe('For how many days events are kept; null: for good'),
  from: z.enum(['configuration', 'database']).describe('What the configuration says can only be changed there'),
  last: z
    .object({ at: z.iso.datetime(), events: z.int() })
    .nullable()
    .describe('When events were let go last, and how many'),
  frozenBefore: z.iso.date().nullable().describe('Of the days before, the counts are all that is left'),
})

const getRetention = {
  id: 'getRetention',
  tag: 'Upkeep',
  summary: 'For how long events are kept, and what was let go last',
  keys: ['admin'],
  answers: { 200: json('The retention', retentionSchema) },
} satisfies Operation

/** `GET /v1/admin/retention`: for how long events are kept, and what was let go last. */
export function getRetentionHandler({ ring, store, retention }: RetentionDependencies): Handler {
  return described(getRetention, async (c) => {
    await requireKey(c, ring, getRetention.keys)
    return sendJson(c, await view(store, retention))
  })
}

const setRetention = {
  id: 'setRetention',
  tag: 'Upkeep',
  summary: 'Says for how long events are kept',
  description: 'What is older goes within the hour, and does not come back; counts stay.',
  keys: ['admin'],
  body: z.strictObject({
    keepDays: z
      .int()
      .min(minKeepDays)
      .max(100 * 366)
      .nullable()
      .describe('null: for good'),
  }),
  answers: { 200: json('The retention', retentionSchema) },
} satisfies Operation

/** `PUT /v1/admin/retention`: says for how long events are kept, where the configuration does not. */
export function setRetentionHandler({ ring, store, arrivals, retention }: RetentionDependencies): Handler {
  return described(setRetention, async (c) => {
    await requireKey(c, ring, setRetention.keys)
    const { keepDays } = parseAs(setRetention.body, (await parseBody(await readBody(c, arrivals))).json)
    if (retention.configured !== undefined) {
      throw new HttpProblem('invalid_request', 'keepDays is set in the configuration, and can only be changed there')
    }
    await store.setKeepDays(keepDays)
    return sendJson(c, await view(store, retention))
  })
}

const prune = {
  id: 'prune',
  tag: 'Upkeep',
  summary: 'Lets go of what is older than it may be, now',
  keys: ['admin'],
  answers: { 200: json('How many events went', z.object({ pruned: z.int() })) },
} satisfies Operation

/** `POST /v1/admin/retention`: lets go of what is older than it may be, without waiting for the hour. */
export function pruneHandler({ ring, retention }: RetentionDependencies): Handler {
  return described(prune, async (c) => {
    await requireKey(c, ring, prune.keys)
    return sendJson(c, { pruned: await retention.run() })
  })
}

async function view(store: Store, { configured }: RetentionControl): Promise<z.infer<typeof retentionSchema>> {
  const { keepDays, last, frozenBefore } = await store.retention()
  return {
    keepDays: configured ?? keepDays,
    from: configured === undefined ? 'database' : 'configuration',
    last: last && { at: new Date(last.at).toISOString(), events: last.events },
    frozenBefore: frozenBefore === null ? null : new Date(frozenBefore).toISOString().slice(0, 10),
  }
}
