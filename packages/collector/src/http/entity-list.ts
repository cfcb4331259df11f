import {
  checkMetadata,
  type EntityListAck,
  type EntityListItem,
  type EntityResult,
  type EntityView,
  entityListAckSchema,
  entityListBodySchema,
  entityListItemSchema,
  entityQuerySchema,
  limits,
  listedEntitySchema,
  type Rejection,
  rejectionFromZod,
} from '@tallymark/schemas'
import type { Handler } from 'hono'
import { z } from 'zod'
import type { Fresh, NewEntity } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import { parseAs, parseBody, readBody } from './body.ts'
import { asOfHeader } from './caching.ts'
import { checkEntityType, type EntityDependencies, entityKeys, toNewEntity } from './entities.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import { described, json, type Operation, pageOf } from './operation.ts'
import { readQuery } from './query.ts'

const putEntities = {
  id: 'putEntities',
  tag: 'Entities',
  summary: 'Says what many entities are',
  description: 'Each has an answer of its own. Of one that comes twice the last holds.',
  keys: entityKeys,
  body: entityListBodySchema.extend({ entities: z.array(listedEntitySchema).min(1).max(limits.maxPutEntities) }),
  answers: { 200: json('A result for each entity, in their order', entityListAckSchema) },
  problems: ['batch_too_large'],
} satisfies Operation

/** `POST /v1/entities`: says what many entities are, each with an answer of its own. Of one that comes twice the last holds. */
export function putEntitiesHandler(deps: EntityDependencies): Handler {
  const { ring, store, arrivals } = deps
  return described(putEntities, async (c) => {
    await requireKey(c, ring, entityKeys)
    const { entities } = parseAs(entityListBodySchema, (await parseBody(await readBody(c, arrivals))).json)
    if (entities.length > limits.maxPutEntities) {
      const detail = `at most ${limits.maxPutEntities} entities can be put at once, not ${entities.length}`
      throw new HttpProblem('batch_too_large', detail, { errors: [{ pointer: '/entities', code: 'too_big', detail }] })
    }
    const read = entities.map((input, index) => readEntity(input, index, deps))
    const put = read.filter((each): each is NewEntity => 'entityType' in each)
    if (put.length > 0) await store.putEntities(put)
    const results = await Promise.all(read.map((each, index) => toResult(each, index, deps)))
    const failed = results.filter(({ status }) => status === 'rejected').length
    const ack: EntityListAck = { total: results.length, successful: results.length - failed, failed, results }
    return sendJson(c, ack)
  })
}

const listEntities = {
  id: 'listEntities',
  tag: 'Entities',
  summary: 'What was put, with its public counts',
  keys: entityKeys,
  query: entityQuerySchema,
  answers: { 200: json('A page of entities', pageOf(entityListItemSchema)) },
} satisfies Operation

/** `GET /v1/entities?type&ownerId&counts&cursor&limit`: what was put, each with its public counts unless `counts=false`. */
export function listEntitiesHandler(deps: EntityDependencies): Handler {
  const { plan, ring, store } = deps
  return described(listEntities, async (c) => {
    await requireKey(c, ring, entityKeys)
    const { type, counts, ...query } = readQuery(c, listEntities.query)
    const { items, nextCursor } = await store.entities({ ...query, entityType: type })
    if (counts === 'false') return sendJson(c, { items, nextCursor })
    const { answer, asOf } = await withCounts(items, { plan, store })
    return sendJson(c, { items: answer, nextCursor }, { headers: asOfHeader(asOf) })
  })
}

function readEntity(input: unknown, index: number, { plan }: EntityDependencies): NewEntity | Rejection {
  const prefix = `/entities/${index}`
  const parsed = listedEntitySchema.safeParse(input)
  if (!parsed.success) return rejectionFromZod(parsed.error, prefix, 'invalid_request')
  const { entityType, entityId, ...body } = parsed.data
  const rejection =
    checkEntityType(entityType, plan, `${prefix}/entityType`) ??
    (body.metadata && checkMetadata(entityType, body.metadata, plan, prefix))
  return rejection ?? toNewEntity({ entityType, entityId: String(entityId) }, body)
}

async function toResult(
  each: NewEntity | Rejection,
  index: number,
  { store }: EntityDependencies,
): Promise<EntityResult> {
  if (!('entityType' in each)) return { index, status: 'rejected', data: null, error: each }
  const entity = await store.entity(each.entityType, each.entityId)
  if (entity) return { index, status: 'fulfilled', data: entity, error: null }
  const error: Rejection = { code: 'entity_not_found', detail: 'it was deleted at the same moment' }
  return { index, status: 'rejected', data: null, error }
}

/** The public counts of entities of several types; complete up to the instant to which the last of them is. */
async function withCounts(
  items: readonly EntityView[],
  { plan, store }: Pick<EntityDependencies, 'plan' | 'store'>,
): Promise<Fresh<EntityListItem[]>> {
  const types = [...Map.groupBy(items, ({ entityType }) => entityType)]
  const answers = await Promise.all(
    types.map(async ([entityType, entities]) => {
      const entityIds = entities.map(({ entityId }) => entityId)
      const fresh = await store.counts({ entityType, entityIds, eventTypes: plan.publicEvents })
      return [entityType, fresh] as const
    }),
  )
  const byType = new Map(answers)
  const countsOf = ({ entityType, entityId }: EntityView) => byType.get(entityType)?.answer.counts[entityId] ?? {}
  const lagging = answers.flatMap(([, { asOf }]) => asOf ?? [])
  return {
    answer: items.map((item) => ({ ...item, counts: countsOf(item) })),
    asOf: lagging.length > 0 ? Math.min(...lagging) : null,
  }
}
