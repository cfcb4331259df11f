import { type CompiledPlan, entityIdSchema, entityTypeSchema, limits } from '@tallymark/schemas'
import type { Handler } from 'hono'
import { etag, RETAINED_304_HEADERS } from 'hono/etag'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import { HttpProblem } from './http-problem.ts'

interface CountsDependencies {
  plan: CompiledPlan
  ring: KeyRing
  store: Store
}

/**
 * `GET /v1/counts?entityType=&entityId=&entityId=…&eventType=…`: what is counted of up to 100 entities. A write key
 * reads the event types that the plan marks public, and all of those when it names none.
 */
export function countsHandler({ plan, ring, store }: CountsDependencies): Handler {
  return async (c) => {
    const key = await requireKey(c, ring, ['write', 'secret', 'admin'])
    const entityType = readOne('entityType', c.req.queries('entityType') ?? [])
    if (!entityTypeSchema.safeParse(entityType).success) throw invalid('entityType', 'is not an entity type')
    if (!plan.entity(entityType)) throw invalid('entityType', 'is not in the tracking plan')
    const entityIds = [...new Set(c.req.queries('entityId') ?? [])]
    if (entityIds.length === 0) throw invalid('entityId', 'is missing: name at least one')
    if (entityIds.length > limits.maxCountedEntities) {
      throw invalid('entityId', `may be given ${limits.maxCountedEntities} times at most, not ${entityIds.length}`)
    }
    if (!entityIds.every((id) => entityIdSchema.safeParse(id).success)) throw invalid('entityId', 'is not an entity id')
    const eventTypes = readEventTypes(c.req.queries('eventType') ?? [], plan, key.kind === 'write')

    const { answer, asOf } = await store.counts({ entityType, entityIds, eventTypes })
    return c.body(JSON.stringify(answer), 200, {
      'Content-Type': 'application/json',
      // What a secret key reads is not for everybody: no shared cache may keep it.
      'Cache-Control': key.kind === 'write' ? 'no-cache, s-maxage=5' : 'private, no-store',
      Vary: 'Origin, Authorization',
      ...(asOf !== null && { 'As-Of': new Date(asOf).toISOString() }),
    })
  }
}

/** Lets a browser keep its copy of the counts and ask whether they are still the same. */
export const countsCaching = etag({
  retainedHeaders: [...RETAINED_304_HEADERS, 'Access-Control-Allow-Origin', 'Access-Control-Expose-Headers', 'As-Of'],
})

function readEventTypes(asked: readonly string[], plan: CompiledPlan, publicOnly: boolean): readonly string[] {
  if (asked.length === 0) return plan.publicEvents
  for (const type of asked) {
    if (!plan.event(type)) throw invalid('eventType', 'is not in the tracking plan')
    if (publicOnly && !plan.publicEvents.includes(type)) {
      throw new HttpProblem('forbidden', 'a write key reads only the event types that the plan marks public')
    }
  }
  return [...new Set(asked)]
}

function readOne(name: string, values: readonly string[]): string {
  const [value] = values
  if (value === undefined || values.length > 1) throw invalid(name, 'must be given once')
  return value
}

const invalid = (parameter: string, fault: string) =>
  new HttpProblem('invalid_request', `the parameter ${parameter} ${fault}`)
