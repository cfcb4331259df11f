import type { Handler } from 'hono'
import { z } from 'zod'
import type { UserTokenVerifier } from '../ingest/user-token.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import { readActor } from './ingest.ts'

interface ErasureDependencies {
  ring: KeyRing
  store: Store
  userTokens: UserTokenVerifier | undefined
}

const uuid = z.uuid()

/** `DELETE /v1/users/{id}`: erases a signed-in user. The admin may, and the user themselves with their own user token. */
export function eraseUserHandler({ ring, store, userTokens }: ErasureDependencies): Handler {
  return async (c) => {
    const key = await requireKey(c, ring, ['write', 'secret', 'admin'])
    const userId = c.req.param('id') ?? ''
    if (key.kind !== 'admin') {
      const actor = await readActor(c.req.header('x-user-token'), userTokens)
      if (actor?.id !== userId) {
        throw new HttpProblem('forbidden', 'a user may only be erased with the admin key, or with their own user token')
      }
    }
    return sendJson(c, { erased: await store.erase({ userId }) })
  }
}

/** `DELETE /v1/visitors/{anonymousId}`: erases a device and what was done on it with nobody signed in. */
export function eraseVisitorHandler({ ring, store }: ErasureDependencies): Handler {
  return async (c) => {
    await requireKey(c, ring, ['admin'])
    const parsed = uuid.safeParse(c.req.param('anonymousId'))
    if (!parsed.success) throw new HttpProblem('invalid_request', 'the path must be /v1/visitors/{anonymousId}, a UUID')
    return sendJson(c, { erased: await store.erase({ anonymousId: parsed.data }) })
  }
}
