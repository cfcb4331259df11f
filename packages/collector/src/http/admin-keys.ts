import { type KeyView, keyViewSchema, newKeyBodySchema, rotateKeyBodySchema } from '@tallymark/schemas'
import type { Context, Handler } from 'hono'
import { z } from 'zod'
import { makeKeyText, toStoredKey } from '../keys/key.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { rotateKey } from '../keys/rotate.ts'
import type { Store, StoredKey } from '../store/store.ts'
import { requireKey } from './access-key.ts'
import type { Arrivals } from './arrivals.ts'
import { parseAs, parseBody, readBody } from './body.ts'
import { HttpProblem, sendJson } from './http-problem.ts'
import { described, json, type Operation, pageOf } from './operation.ts'
import { readParams } from './query.ts'

interface KeyDependencies {
  ring: KeyRing
  store: Store
  arrivals: Arrivals
  now: () => number
}

const keyRef = z.object({ id: z.string() })

const listKeys = {
  id: 'listKeys',
  tag: 'Keys',
  summary: 'All keys, revoked ones included',
  keys: ['admin'],
  answers: { 200: json('The keys', pageOf(keyViewSchema)) },
} satisfies Operation

/** `GET /v1/admin/keys`: all keys, revoked ones included. Of secret and admin keys nobody has the text any more. */
export function listKeysHandler({ ring, store }: KeyDependencies): Handler {
  return described(listKeys, async (c) => {
    await requireKey(c, ring, listKeys.keys)
    const stored = (await store.keys()).map((key) => toView(key, 'database'))
    const configured = ring.configured.map((key) => toView(key, 'configuration'))
    return sendJson(c, { items: [...stored, ...configured], nextCursor: null })
  })
}

const addKey = {
  id: 'addKey',
  tag: 'Keys',
  summary: 'Makes a key',
  keys: ['admin'],
  body: newKeyBodySchema,
  answers: { 201: json('The key, with its text', keyViewSchema) },
} satisfies Operation

/** `POST /v1/admin/keys`: makes a key, and tells it this once. */
export function addKeyHandler({ ring, store, arrivals, now }: KeyDependencies): Handler {
  return described(addKey, async (c) => {
    await requireKey(c, ring, addKey.keys)
    const { kind, origins } = parseAs(addKey.body, (await parseBody(await readBody(c, arrivals))).json)
    const text = makeKeyText(kind)
    const key = toStoredKey(kind, text, now(), origins)
    await store.addKey(key)
    ring.changed()
    return sendJson(c, toView(key, 'database', text), { status: 201 })
  })
}

const rotate = {
  id: 'rotateKey',
  tag: 'Keys',
  summary: 'Makes a key’s successor',
  description: 'The old key goes on working for a while.',
  keys: ['admin'],
  params: keyRef,
  body: rotateKeyBodySchema,
  answers: { 201: json('The successor, with its text', keyViewSchema) },
  problems: ['not_found'],
} satisfies Operation

/** `POST /v1/admin/keys/{id}/rotate`: makes a successor; the old key goes on working for `keepMs`. */
export function rotateKeyHandler({ ring, store, arrivals, now }: KeyDependencies): Handler {
  return described(rotate, async (c) => {
    await requireKey(c, ring, rotate.keys)
    const { keepMs, origins } = parseAs(rotate.body, (await parseBody(await readBody(c, arrivals))).json)
    const old = await findKey(c, ring, store)
    if (ring.isRevoked(old)) throw new HttpProblem('invalid_request', 'this key was revoked: make a new one')
    const { stored, text } = await rotateKey(store, old, { now: now(), keepMs, origins })
    ring.changed()
    return sendJson(c, toView(stored, 'database', text), { status: 201 })
  })
}

const revoke = {
  id: 'revokeKey',
  tag: 'Keys',
  summary: 'Revokes a key, at once',
  description: 'Doing it again changes nothing.',
  keys: ['admin'],
  params: keyRef,
  answers: { 200: json('The key', keyViewSchema) },
  problems: ['not_found'],
} satisfies Operation

/** `DELETE /v1/admin/keys/{id}`: revokes a key, at once. Doing it again changes nothing. */
export function revokeKeyHandler({ ring, store, now }: KeyDependencies): Handler {
  return described(revoke, async (c) => {
    await requireKey(c, ring, revoke.keys)
    await store.revokeKey((await findKey(c, ring, store)).id, now())
    ring.changed()
    return sendJson(c, toView(await findKey(c, ring, store), 'database'))
  })
}

async function findKey(c: Context, ring: KeyRing, store: Store): Promise<StoredKey> {
  const { id } = readParams(c, keyRef)
  if (ring.configured.some((key) => key.id === id)) {
    throw new HttpProblem('invalid_request', 'this key is set in the configuration, and can only be changed there')
  }
  const key = (await store.keys()).find((stored) => stored.id === id)
  if (!key) throw new HttpProblem('not_found', 'there is no key with this id')
  return key
}

function toView(key: StoredKey, from: KeyView['from'], text = key.text): KeyView {
  const { id, kind, origins, createdAt, revokedAt } = key
  const instant = (ms: number) => new Date(ms).toISOString()
  return {
    id,
    kind,
    key: text,
    origins,
    from,
    createdAt: instant(createdAt),
    revokedAt: revokedAt === null ? null : instant(revokedAt),
  }
}
