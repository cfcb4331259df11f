import { clientErrorKinds } from '@tallymark/schemas'
import type { Handler } from 'hono'
import { z } from 'zod'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import { HttpProblem, sendJson } from './http-problem.ts'

interface ErrorDependencies {
  ring: KeyRing
  store: Store
}

/** Errors in one answer. */
const pageSize = 100

const querySchema = z.object({
  kind: z.enum(clientErrorKinds).optional(),
  cursor: z.stringFormat('cursor', /^\d{1,15}$/).optional(),
})

/** `GET /v1/admin/errors?kind&cursor`: the errors that clients told of, the newest first. */
export function errorsHandler({ ring, store }: ErrorDependencies): Handler {
  return async (c) => {
    await requireKey(c, ring, ['admin'])
    const parsed = querySchema.safeParse({ kind: c.req.query('kind'), cursor: c.req.query('cursor') })
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw new HttpProblem('invalid_request', `the parameter ${issue?.path.join()} cannot be used: ${issue?.message}`)
    }
    const { kind, cursor } = parsed.data
    const before = cursor === undefined ? undefined : Number(cursor)
    const rows = await store.errors({ kind, before, limit: pageSize })
    const items = rows.map(({ id, receivedAt, occurredAt, actorId, page, props }) => ({
      id: String(id),
      receivedAt: new Date(receivedAt).toISOString(),
      occurredAt: new Date(occurredAt).toISOString(),
      ...JSON.parse(props),
      actorId,
      page: page === null ? null : JSON.parse(page),
    }))
    return sendJson(c, { items, nextCursor: rows.length === pageSize ? String(rows.at(-1)?.id) : null })
  }
}

/** `DELETE /v1/admin/errors`: lets go of them. */
export function purgeErrorsHandler({ ring, store }: ErrorDependencies): Handler {
  return async (c) => {
    await requireKey(c, ring, ['admin'])
    return sendJson(c, { purged: await store.purgeErrors() })
  }
}
