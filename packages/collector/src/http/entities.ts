import {
  type CompiledPlan,
  checkMetadata,
  entityBodySchema,
  entityIdSchema,
  entityTypeSchema,
  type Rejection,
  toEpochMs,
} from '@tallymark/schemas'
import type { Context, Handler } from 'hono'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import type { Arrivals } from './arrivals.ts'
import { parseAs, parseBody, readBody } from './body.ts'
import { HttpProblem, sendJson } from './http-problem.ts'

interface EntityDependencies {
  plan: CompiledPlan
  ring: KeyRing
  store: Store
  arrivals: Arrivals
}

/** `PUT /v1/entities/{type}/{id}`: says what an entity is. It replaces what was said before. */
export function putEntityHandler({ plan, ring, store, arrivals }: EntityDependencies): Handler {
  return async (c) => {
    await requireKey(c, ring, ['secret', 'admin'])
    const ref = readRef(c, plan)
    const { json } = await parseBody(await readBody(c, arrivals))
    const { title, ownerId, publishedAt, visibility, metadata } = parseAs(entityBodySchema, json)
    const rejection = metadata && checkMetadata(ref.entityType, metadata, plan)
    if (rejection) throw refused(rejection)
    await store.putEntity({
      ...ref,
      title: title ?? null,
      ownerId: ownerId ?? null,
      publishedAt: publishedAt === undefined ? null : toEpochMs(publishedAt),
      visibility,
      metadata: metadata ?? null,
    })
    return sendJson(c, await store.entity(ref.entityType, ref.entityId))
  }
}

/** `GET /v1/entities/{type}/{id}`: what was put. */
export function getEntityHandler({ plan, ring, store }: EntityDependencies): Handler {
  return async (c) => {
    await requireKey(c, ring, ['secret', 'admin'])
    const { entityType, entityId } = readRef(c, plan)
    const entity = await store.entity(entityType, entityId)
    if (!entity) throw new HttpProblem('entity_not_found', 'no entity was put under this type and id')
    return sendJson(c, entity)
  }
}

function readRef(c: Context, plan: CompiledPlan): { entityType: string; entityId: string } {
  const { type = '', id = '' } = c.req.param() as { type?: string; id?: string }
  if (!entityTypeSchema.safeParse(type).success || !entityIdSchema.safeParse(id).success) {
    throw new HttpProblem('invalid_request', 'the path must be /v1/entities/{type}/{id} with a valid type and id')
  }
  if (!plan.entity(type)) {
    throw new HttpProblem(
      'unknown_entity_type',
      `the plan '${plan.name}' has no such entity type: declare it there first`,
    )
  }
  return { entityType: type, entityId: id }
}

const refused = ({ code, detail, errors }: Rejection) => new HttpProblem(code, detail, errors && { errors })
