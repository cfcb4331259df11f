import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testCollector, userToken } from '../testing/test-collector.ts'

const instant = '2026-01-01T00:00:00Z'
const entity = { entityType: 'page', entityId: 'p', title: 'x', ownerId: 'o', publishedAt: 0, metadata: { a: 1 } }
const bodies: [method: string, path: string, body: Record<string, unknown>][] = [
  ['POST', '/v1/entities', { entities: [entity, entity] }],
  ['PUT', '/v1/entities/page/p', { title: 'x', visibility: 'private' }],
  ['POST', '/v1/sessions', { anonymousId: 'a0000000-0000-4000-8000-000000000001', context: { path: '/' } }],
  ['POST', '/v1/sessions/a0000000-0000-4000-8000-000000000001/close', { actorId: 'ann', surface: 'home' }],
  ['POST', '/v1/preferences', { dimension: 'genre', value: 'jazz', delta: 2, actorId: 'ann' }],
  [
    'POST',
    '/v1/activations',
    { entityType: 'page', entityId: 7, partner: 'p', kind: 'spotlight', startsAt: instant, endsAt: 9e12 },
  ],
  ['PATCH', '/v1/activations/x', { partner: 'p', kind: 'promoted', startsAt: instant, status: 'active' }],
]

const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    '',
    '\ud800',
    'a\u0000b',
    '__proto__',
    'x'.repeat(9000),
    Number.MAX_VALUE,
    -1,
    2 ** 60,
    '=1+1',
    [],
    {},
    null,
  ),
  fc.string({ unit: 'binary' }),
)

/** One place in a body, of whatever depth, holds something else; or there is a field more. */
function spoilt(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return anything
  const keys = Object.keys(value)
  const other = Array.isArray(value)
    ? anything
    : fc.dictionary(fc.string(), anything).map((more) => ({ ...value, ...more }))
  if (keys.length === 0) return other
  const inside = fc
    .constantFrom(...keys)
    .chain((key) => spoilt(value[key as never]).map((changed) => withValue(value, key, changed)))
  return fc.oneof({ weight: 4, arbitrary: inside }, { weight: 1, arbitrary: other }, { weight: 1, arbitrary: anything })
}

function withValue(value: object, key: string, changed: unknown): unknown {
  return Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed }
}

const someRequest = fc
  .constantFrom(...bodies)
  .chain(([method, path, body]) =>
    spoilt(body).map((changed) => ({ method, path, body: JSON.stringify(changed) ?? '' })),
  )

test('hostile bodies are taken or refused with a problem, and nothing else happens', async () => {
  const { send, get, errors, store } = await testCollector()
  const headers = { 'x-user-token': await userToken() }
  await fc.assert(
    fc.asyncProperty(someRequest, fc.constantFrom('write', 'secret'), async ({ method, path, body }, key) => {
      const answer = await send(method, path, body, key as 'write' | 'secret', headers)
      expect([200, 201, 400, 403, 404, 409, 413, 415]).toContain(answer.status)
      if (answer.status >= 400) expect(answer.body).toMatchObject({ status: answer.status, code: expect.any(String) })
    }),
    { numRuns: 400 },
  )
  expect(errors).toEqual([])
  expect(await store.verify()).toEqual([])
  expect((await get('/v1/entities', 'secret')).status).toBe(200)
  expect((await get('/v1/activations', 'secret')).status).toBe(200)
})
