import {
  type ActivationView,
  type ActivationWithToken,
  activationBodySchema,
  activationChangeSchema,
  activationQuerySchema,
  activationViewSchema,
  activationWithTokenSchema,
  type CompiledPlan,
} from '@tallymark/schemas'
import type { Context, Handler } from 'hono'
import { z } from 'zod'
import { ActivationError, changedActivation, newActivation } from '../activations/activation.ts'
import { makePartnerToken } from '../activations/partner-token.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Activation, Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import type { Arrivals } from './arrivals.ts'
import { parseAs, parseBody, readBody } from './body.ts'
import { checkEntityType, entityKeys, refused } from './entities.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import { described, json, type Operation, pageOf } from './operation.ts'
import { readParams, readQuery } from './query.ts'

interface ActivationDependencies {
  plan: CompiledPlan
  ring: KeyRing
  store: Store
  arrivals: Arrivals
  now: () => number
}

const add = {
  id: 'addActivation',
  tag: 'Activations',
  summary: 'Makes an activation',
  keys: entityKeys,
  body: activationBodySchema,
  answers: { 201: json('The activation, with its partner’s token', activationWithTokenSchema) },
  problems: ['unknown_entity_type', 'entity_not_found', 'conflict'],
} satisfies Operation

/** `POST /v1/activations`: makes one, and tells its partner's token this once. */
export function addActivationHandler({ plan, ring, store, arrivals, now }: ActivationDependencies): Handler {
  return described(add, async (c) => {
    await requireKey(c, ring, add.keys)
    const body = parseAs(add.body, (await parseBody(await readBody(c, arrivals))).json)
    const rejection = checkEntityType(body.entityType, plan, '/entityType')
    if (rejection) throw refused(rejection)
    const { token, tokenHash } = makePartnerToken()
    const activation = within(() => newActivation(body, tokenHash, now()))
    const isRegistered = plan.entity(body.entityType)?.registered === true
    if (!(await store.addActivation(activation, isRegistered))) {
      throw new HttpProblem('entity_not_found', `there is no such ${body.entityType}: put it first`)
    }
    return sendJson(c, withToken(activation, token), { status: 201 })
  })
}

const list = {
  id: 'listActivations',
  tag: 'Activations',
  summary: 'The activations, the newest first',
  keys: entityKeys,
  query: activationQuerySchema,
  answers: { 200: json('A page of them', pageOf(activationViewSchema)) },
} satisfies Operation

/** `GET /v1/activations?entityType&entityId&partner&kind&status&cursor&limit`: the newest first. */
export function listActivationsHandler({ ring, store }: ActivationDependencies): Handler {
  return described(list, async (c) => {
    await requireKey(c, ring, list.keys)
    const { items, nextCursor } = await store.activations(readQuery(c, list.query))
    return sendJson(c, { items: items.map(toView), nextCursor })
  })
}

const activationRef = z.object({ id: z.string() })

const get = {
  id: 'getActivation',
  tag: 'Activations',
  summary: 'An activation',
  keys: entityKeys,
  params: activationRef,
  answers: { 200: json('The activation', activationViewSchema) },
  problems: ['not_found'],
} satisfies Operation

/** `GET /v1/activations/{id}` */
export function getActivationHandler({ ring, store }: ActivationDependencies): Handler {
  return described(get, async (c) => {
    await requireKey(c, ring, get.keys)
    return sendJson(c, toView(await findActivation(c, store)))
  })
}

const change = {
  id: 'changeActivation',
  tag: 'Activations',
  summary: 'Changes the fields that are given',
  description: 'What is fulfilled or cancelled stays as it is.',
  keys: entityKeys,
  params: activationRef,
  body: activationChangeSchema,
  answers: { 200: json('The activation', activationViewSchema) },
  problems: ['not_found', 'conflict'],
} satisfies Operation

/** `PATCH /v1/activations/{id}`: changes the fields that are given. */
export function changeActivationHandler({ ring, store, arrivals }: ActivationDependencies): Handler {
  return described(change, async (c) => {
    await requireKey(c, ring, change.keys)
    const changes = parseAs(change.body, (await parseBody(await readBody(c, arrivals))).json)
    const was = await findActivation(c, store)
    const activation = within(() => changedActivation(was, changes))
    await replace(was, activation, store)
    return sendJson(c, toView(activation))
  })
}

const rotate = {
  id: 'rotateActivation',
  tag: 'Activations',
  summary: 'Makes another token for the partner',
  description: 'The one before works no more.',
  keys: entityKeys,
  params: activationRef,
  answers: { 201: json('The activation, with the token', activationWithTokenSchema) },
  problems: ['not_found', 'conflict'],
} satisfies Operation

/** `POST /v1/activations/{id}/rotate`: the partner's token works no more; tells the new one this once. */
export function rotateActivationHandler({ ring, store }: ActivationDependencies): Handler {
  return described(rotate, async (c) => {
    await requireKey(c, ring, rotate.keys)
    const was = await findActivation(c, store)
    const { token, tokenHash } = makePartnerToken()
    const activation = { ...was, tokenHash }
    await replace(was, activation, store)
    return sendJson(c, withToken(activation, token), { status: 201 })
  })
}

async function findActivation(c: Context, store: Store): Promise<Activation> {
  const activation = await store.activation(readParams(c, activationRef).id)
  if (!activation) throw new HttpProblem('not_found', 'there is no activation with this id')
  return activation
}

async function replace(was: Activation, activation: Activation, store: Store): Promise<void> {
  if (await store.replaceActivation(was, activation)) return
  throw new HttpProblem('conflict', 'somebody else changed it at the same moment: look at it, and try again')
}

function within<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error
    const { code, pointer, message: detail } = error
    throw new HttpProblem(code, detail, { errors: [{ pointer, code: 'invalid_value', detail }] })
  }
}

function toView({ id, tokenHash: _, startsAt, endsAt, createdAt, ...activation }: Activation): ActivationView {
  const instant = (ms: number) => new Date(ms).toISOString()
  return {
    activationId: id,
    ...activation,
    startsAt: instant(startsAt),
    endsAt: instant(endsAt),
    createdAt: instant(createdAt),
  }
}

const withToken = (activation: Activation, token: string): ActivationWithToken => ({ ...toView(activation), token })
