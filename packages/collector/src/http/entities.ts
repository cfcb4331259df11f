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
import type { Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import type { Arrivals } from './arrivals.ts'
import { parseAs, parseBody, readBody } from './body.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import { described, json, type Operation } from './operation.ts'
import { readParams } from './query.ts'

interface EntityDependencies {
  plan: CompiledPlan
  ring: KeyRing
  store: Store
  arrivals: Arrivals
}

const entityRef = z.object({ type: entityTypeSchema, id: entityIdSchema })
const keys = ['secret', 'admin'] as const

const putEntity = {
  id: 'putEntity',
  tag: 'Entities',
  summary: 'Says what an entity is',
  description: 'It replaces what was said before.',
  keys,
  params: entityRef,
  body: entityBodySchema,
  answers: { 200: json('The entity', entityViewSchema) },
  problems: ['unknown_entity_type', 'invalid_event', 'missing_prop'],
} satisfies Operation

/** `PUT /v1/entities/{type}/{id}`: says what an entity is. It replaces what was said before. */
export function putEntityHandler({ plan, ring, store, arrivals }: EntityDependencies): Handler {
  return described(putEntity, async (c) => {
    await requireKey(c, ring, keys)
    const ref = readRef(c, plan)
    const body = await parseBody(await readBody(c, arrivals))
    const { title, ownerId, publishedAt, visibility, metadata } = parseAs(putEntity.body, body.json)
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
  })
}

const getEntity = {
  id: 'getEntity',
  tag: 'Entities',
  summary: 'What was said of an entity',
  keys,
  params: entityRef,
  answers: { 200: json('The entity', entityViewSchema) },
  problems: ['unknown_entity_type', 'entity_not_found'],
} satisfies Operation

/** `GET /v1/entities/{type}/{id}`: what was put. */
export function getEntityHandler({ plan, ring, store }: EntityDependencies): Handler {
  return described(getEntity, async (c) => {
    await requireKey(c, ring, keys)
    const { entityType, entityId } = readRef(c, plan)
    const entity = await store.entity(entityType, entityId)
    if (!entity) throw new HttpProblem('entity_not_found', 'no entity was put under this type and id')
    return sendJson(c, entity)
  })
}

function readRef(c: Context, plan: CompiledPlan): { entityType: string; entityId: string } {
  const { type, id } = readParams(c, entityRef)
  if (!plan.entity(type)) {
    throw new HttpProblem(
      'unknown_entity_type',
      `the plan '${plan.name}' has no such entity type: declare it there first`,
    )
  }
  return { entityType: type, entityId: String(id) }
}

const refused = ({ code, detail, errors }: Rejection) => new HttpProblem(code, detail, errors && { errors })
