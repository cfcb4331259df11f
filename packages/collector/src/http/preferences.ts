import {
  type PreferenceCount,
  type PreferencesAnswer,
  preferenceBodySchema,
  preferenceCountSchema,
  preferencesAnswerSchema,
} from '@tallymark/schemas'
import type { Context, Handler } from 'hono'
import { z } from 'zod'
import type { Actor, Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import { readActor } from './actor.ts'
import { type JsonBody, parseAs } from './body.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import { type IngestDependencies, type Sender, senders, takeIn } from './ingest.ts'
import { described, json, type Operation } from './operation.ts'
import { readParams } from './query.ts'

interface PreferenceDependencies extends IngestDependencies {
  store: Store
}

const prefer = {
  id: 'prefer',
  tag: 'People',
  summary: 'An authenticated user likes something more, or less',
  keys: senders,
  userToken: true,
  body: preferenceBodySchema,
  answers: { 200: json('What has come together', preferenceCountSchema) },
  problems: ['actor_not_allowed', 'conflict'],
} satisfies Operation

/** `POST /v1/preferences`: an authenticated user likes something more, or less. */
export function preferHandler(deps: PreferenceDependencies): Handler {
  return described(prefer, async (c) => {
    const { answer, headers } = await takeIn(c, deps, changePreference)
    return sendJson(c, answer, { headers })
  })
}

const getPreferences = {
  id: 'getPreferences',
  tag: 'People',
  summary: 'What a user likes',
  description: 'A server may read it, and the user with their own user token.',
  keys: ['write', 'secret', 'admin'],
  userToken: true,
  params: z.object({ id: z.string() }),
  answers: { 200: json('The preferences', preferencesAnswerSchema) },
} satisfies Operation

/** `GET /v1/users/{id}/preferences`: what a user likes. A server may read it, and the user with their own user token. */
export function preferencesHandler({ ring, store, userTokens }: PreferenceDependencies): Handler {
  return described(getPreferences, async (c) => {
    const key = await requireKey(c, ring, getPreferences.keys)
    const { id: userId } = readParams(c, getPreferences.params)
    if (key.kind === 'write') {
      const actor = await readActor(c, userTokens)
      if (actor?.id !== userId) {
        throw new HttpProblem('forbidden', 'preferences are read with a secret key, or with the user’s own user token')
      }
    }
    const answer: PreferencesAnswer = { preferences: await store.preferences(userId) }
    return sendJson(c, answer)
  })
}

async function changePreference(
  c: Context,
  deps: PreferenceDependencies,
  sender: Sender,
  { json }: JsonBody,
): Promise<PreferenceCount> {
  const { dimension, value, delta, ...who } = parseAs(prefer.body, json)
  const actor = await readUser(c, deps, sender, who)
  const count = await deps.store.changePreference({ actor, dimension, value, delta })
  if (count === 'full') {
    throw new HttpProblem('conflict', 'no more preferences of this user are kept: take some back with a negative delta')
  }
  return { dimension, value, count }
}

/** Whose preference it is: a server says so, a browser proves it. */
async function readUser(
  c: Context,
  { userTokens }: PreferenceDependencies,
  { key }: Sender,
  { actorId, userToken }: { actorId?: string | undefined; userToken?: string | undefined },
): Promise<Actor> {
  if (actorId !== undefined) {
    if (key.kind !== 'write') return { id: actorId, type: null, traits: null }
    const detail = 'actorId needs a secret key: send a user token instead'
    const errors = [{ pointer: '/actorId', code: 'invalid_value' as const, detail }]
    throw new HttpProblem('actor_not_allowed', detail, { errors })
  }
  const actor = await readActor(c, userTokens, userToken)
  if (actor) return actor
  const missing = key.kind === 'write' ? 'a user token' : 'actorId, or a user token'
  throw new HttpProblem('forbidden', `preferences are those of an authenticated user: send ${missing}`)
}
