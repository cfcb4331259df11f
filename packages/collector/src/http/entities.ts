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
import type { z } from 'zod'
import type { KeyRing } from '../keys/key-ring.ts'
import type { NewEntity, Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import type { Arrivals } from './arrivals.ts'
import { parseAs, parseBody, readBody } from './body.ts'
import { HttpProblem, sendJson } from './http-problem.ts'

export interface EntityDependencies {
  plan: CompiledPlan
  ring: KeyRing
  store: Store
  arrivals: Arrivals
}

/** What an entity's path says. */
interface EntityRef {
  entityType: string
  entityId: string
}

/** `PUT /v1/entities/{type}/{id}`: says what an entity is. It replaces what was said before. */
export function putEntityHandler({ plan, ring, store, arrivals }: EntityDependencies): Handler {
  return async (c) => {
    await requireKey(c, ring, ['secret', 'admin'])
    const ref = readRef(c, plan)
    const { json } = await parseBody(await readBody(c, arrivals))
    const body = parseAs(entityBodySchema, json)
    const rejection = body.metadata && checkMetadata(ref.entityType, body.metadata, plan)
    if (rejection) throw refused(rejection)
    await store.putEntities([toNewEntity(ref, body)])
    return sendJson(c, await store.entity(ref.entityType, ref.entityId))
  }
}

/** `GET /v1/entities/{type}/{id}`: what was put. */
export function getEntityHandler({ plan, ring, store }: EntityDependencies): Handler {
  return async (c) => {
    await requireKey(c, ring, ['secret', 'admin'])
    const { entityType, entityId } = readRef(c, plan)
    const entity = await store.entity(entityType, entityId)
    if (!entity) throw notPut()
    return sendJson(c, entity)
  }
}

/** `DELETE /v1/entities/{type}/{id}`: forgets what was put, and hides the entity until it is put again. */
export function deleteEntityHandler({ plan, ring, store }: EntityDependencies): Handler {
  return async (c) => {
    await requireKey(c, ring, ['secret', 'admin'])
    const { entityType, entityId } = readRef(c, plan)
    if (!(await store.deleteEntity(entityType, entityId))) throw notPut()
    return sendJson(c, { entityType, entityId, deleted: true })
  }
}

/** What a body says of an entity, as the store takes it. */
export function toNewEntity(ref: EntityRef, body: z.output<typeof entityBodySchema>): NewEntity {
  const { title, ownerId, publishedAt, visibility, metadata } = body
  return {
    ...ref,
    title: title ?? null,
    ownerId: ownerId ?? null,
    publishedAt: publishedAt === undefined ? null : toEpochMs(publishedAt),
    visibility,
    metadata: metadata ?? null,
  }
}

function readRef(c: Context, plan: CompiledPlan): EntityRef {
  const { type = '', id = '' } = c.req.param() as { type?: string; id?: string }
  if (!entityTypeSchema.safeParse(type).success || !entityIdSchema.safeParse(id).success) {
    throw new HttpProblem('invalid_request', 'the path must be /v1/entities/{type}/{id} with a valid type and id')
  }
  const rejection = checkEntityType(type, plan)
  if (rejection) throw refused(rejection)
  return { entityType: type, entityId: id }
}

/** Why the plan does not take an entity type, which stands at the pointer if it is in a body; undefined when it does. */
export function checkEntityType(entityType: string, plan: CompiledPlan, pointer?: string): Rejection | undefined {
  if (plan.entity(entityType)) return undefined
  const code = 'unknown_entity_type'
  const detail = `the plan '${plan.name}' has no such entity type: declare it there first`
  return { code, detail, ...(pointer !== undefined && { errors: [{ pointer, code, detail }] }) }
}

const notPut = () => new HttpProblem('entity_not_found', 'no entity was put under this type and id')

export const refused = ({ code, detail, errors }: Rejection) => new HttpProblem(code, detail, errors && { errors })
