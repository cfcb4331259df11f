import {
  type CompiledPlan,
  checkMetadata,
  entityBodySchema,
  entityIdSchema,
  entityTypeSchema,
  entityViewSchema,
  type Rejection,
  toEpochMs,
} from '@tallymark/schemas'
import type { Context, Handler } from 'hono'
import { z } from 'zod'
import type { KeyRing } from '../keys/key-ring.ts'
import type { NewEntity, Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import type { Arrivals } from './arrivals.ts'
import { parseAs, parseBody, readBody } from './body.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import { described, json, type Operation } from './operation.ts'
import { readParams } from './query.ts'

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

const entityRef = z.object({ type: entityTypeSchema, id: entityIdSchema })
export const entityKeys = ['secret', 'admin'] as const

const putEntity = {
  id: 'putEntity',
  tag: 'Entities',
  summary: 'Says what an entity is',
  description: 'It replaces what was said before.',
  keys: entityKeys,
  params: entityRef,
  body: entityBodySchema,
  answers: { 200: json('The entity', entityViewSchema) },
  problems: ['unknown_entity_type', 'invalid_event', 'missing_prop'],
} satisfies Operation

/** `PUT /v1/entities/{type}/{id}`: says what an entity is. It replaces what was said before. */
export function putEntityHandler({ plan, ring, store, arrivals }: EntityDependencies): Handler {
  return described(putEntity, async (c) => {
    await requireKey(c, ring, entityKeys)
    const ref = readRef(c, plan)
    const body = parseAs(putEntity.body, (await parseBody(await readBody(c, arrivals))).json)
    const rejection = body.metadata && checkMetadata(ref.entityType, body.metadata, plan)
    if (rejection) throw refused(rejection)
    await store.putEntities([toNewEntity(ref, body)])
    return sendJson(c, await store.entity(ref.entityType, ref.entityId))
  })
}

const getEntity = {
  id: 'getEntity',
  tag: 'Entities',
  summary: 'What was said of an entity',
  keys: entityKeys,
  params: entityRef,
  answers: { 200: json('The entity', entityViewSchema) },
  problems: ['unknown_entity_type', 'entity_not_found'],
} satisfies Operation

/** `GET /v1/entities/{type}/{id}`: what was put. */
export function getEntityHandler({ plan, ring, store }: EntityDependencies): Handler {
  return described(getEntity, async (c) => {
    await requireKey(c, ring, entityKeys)
    const { entityType, entityId } = readRef(c, plan)
    const entity = await store.entity(entityType, entityId)
    if (!entity) throw notPut()
    return sendJson(c, entity)
  })
}

const deleteEntity = {
  id: 'deleteEntity',
  tag: 'Entities',
  summary: 'Forgets what was said of an entity',
  description: 'It is hidden until it is put again.',
  keys: entityKeys,
  params: entityRef,
  answers: {
    200: json('It is forgotten', z.object({ entityType: z.string(), entityId: z.string(), deleted: z.literal(true) })),
  },
  problems: ['unknown_entity_type', 'entity_not_found'],
} satisfies Operation

/** `DELETE /v1/entities/{type}/{id}`: forgets what was put, and hides the entity until it is put again. */
export function deleteEntityHandler({ plan, ring, store }: EntityDependencies): Handler {
  return described(deleteEntity, async (c) => {
    await requireKey(c, ring, entityKeys)
    const { entityType, entityId } = readRef(c, plan)
    if (!(await store.deleteEntity(entityType, entityId))) throw notPut()
    return sendJson(c, { entityType, entityId, deleted: true })
  })
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
  const { type, id } = readParams(c, entityRef)
  const rejection = checkEntityType(type, plan)
  if (rejection) throw refused(rejection)
  return { entityType: type, entityId: String(id) }
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
