import type { Handler } from 'hono'
import { z } from 'zod'
import type { RejectedEvents } from '../ingest/rejected-events.ts'
import type { UserTokenVerifier } from '../ingest/user-token.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Person, Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import { readActor } from './actor.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import { described, json, type Operation } from './operation.ts'
import { readParams } from './query.ts'

interface ErasureDependencies {
  ring: KeyRing
  store: Store
  userTokens: UserTokenVerifier | undefined
  rejected: RejectedEvents
}

const erasedSchema = z.object({
  erased: z.object({
    events: z.int(),
    unlinked: z.int().describe('Events of signed-in users on an erased device: they stay, without its id'),
    rejected: z.int().describe('Rejected events'),
    errors: z.int().describe('Errors that their clients told of'),
  }),
})

const eraseUser = {
  id: 'eraseUser',
  tag: 'People',
  summary: 'Erases a signed-in user',
  description: 'With the admin key, or with any key and the user’s own user token.',
  keys: ['write', 'secret', 'admin'],
  userToken: true,
  params: z.object({ id: z.string() }),
  answers: { 200: json('What went', erasedSchema) },
} satisfies Operation

/** `DELETE /v1/users/{id}`: erases a signed-in user. The admin may, and the user themselves with their own user token. */
export function eraseUserHandler(deps: ErasureDependencies): Handler {
  const { ring, userTokens } = deps
  return described(eraseUser, async (c) => {
    const key = await requireKey(c, ring, eraseUser.keys)
    const { id: userId } = readParams(c, eraseUser.params)
    if (key.kind !== 'admin') {
      const actor = await readActor(c, userTokens)
      if (actor?.id !== userId) {
        throw new HttpProblem('forbidden', 'a user may only be erased with the admin key, or with their own user token')
      }
    }
    return sendJson(c, await erase({ userId }, deps))
  })
}

const eraseVisitor = {
  id: 'eraseVisitor',
  tag: 'People',
  summary: 'Erases a device, and what was done on it with nobody signed in',
  keys: ['admin'],
  params: z.object({ anonymousId: z.guid() }),
  answers: { 200: json('What went', erasedSchema) },
} satisfies Operation

/** `DELETE /v1/visitors/{anonymousId}`: erases a device and what was done on it with nobody signed in. */
export function eraseVisitorHandler(deps: ErasureDependencies): Handler {
  return described(eraseVisitor, async (c) => {
    await requireKey(c, deps.ring, eraseVisitor.keys)
    return sendJson(c, await erase(readParams(c, eraseVisitor.params), deps))
  })
}

async function erase(person: Person, { store, rejected }: ErasureDependencies): Promise<z.infer<typeof erasedSchema>> {
  // What still waits to be kept would be kept after the erasure.
  await rejected.settle()
  return { erased: await store.erase(person) }
}
