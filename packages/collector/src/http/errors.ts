import { clientErrorKinds, clientErrorPropsSchema, contextSchema } from '@tallymark/schemas'
import type { Handler } from 'hono'
import { z } from 'zod'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Store } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import { sendJson } from './http-problem.ts'
import { cursorSchema, described, json, type Operation, pageOf } from './operation.ts'
import { readQuery } from './query.ts'

interface ErrorDependencies {
  ring: KeyRing
  store: Store
}

/** Errors in one answer. */
const pageSize = 100

const listErrors = {
  id: 'listErrors',
  tag: 'Upkeep',
  summary: 'The errors that clients told of, the newest first',
  keys: ['admin'],
  query: z.object({ kind: z.enum(clientErrorKinds).optional(), cursor: cursorSchema.optional() }),
  answers: {
    200: json(
      'A page of them',
      pageOf(
        clientErrorPropsSchema.extend({
          id: z.string(),
          receivedAt: z.iso.datetime(),
          occurredAt: z.iso.datetime(),
          actorId: z.string().nullable(),
          page: contextSchema.pick({ path: true, title: true }).nullable(),
        }),
      ),
    ),
  },
} satisfies Operation

/** `GET /v1/admin/errors?kind&cursor`: the errors that clients told of, the newest first. */
export function errorsHandler({ ring, store }: ErrorDependencies): Handler {
  return described(listErrors, async (c) => {
    await requireKey(c, ring, listErrors.keys)
    const { kind, cursor } = readQuery(c, listErrors.query)
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
  })
}

const purgeErrors = {
  id: 'purgeErrors',
  tag: 'Upkeep',
  summary: 'Lets go of the errors that clients told of',
  keys: ['admin'],
  // Whoever names some of them must not lose all.
  query: z.strictObject({}),
  answers: { 200: json('How many went', z.object({ purged: z.int() })) },
} satisfies Operation

/** `DELETE /v1/admin/errors`: lets go of them. */
export function purgeErrorsHandler({ ring, store }: ErrorDependencies): Handler {
  return described(purgeErrors, async (c) => {
    await requireKey(c, ring, purgeErrors.keys)
    readQuery(c, purgeErrors.query)
    return sendJson(c, { purged: await store.purgeErrors() })
  })
}
