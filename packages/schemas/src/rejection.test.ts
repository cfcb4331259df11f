import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { eventSchema } from './event.ts'
import { rejectionFromZod } from './rejection.ts'

function reject(schema: z.ZodType, value: unknown, prefix?: string) {
  const parsed = schema.safeParse(value)
  if (parsed.success) throw new Error('it was accepted')
  return rejectionFromZod(parsed.error, prefix)
}
const rejectEvent = (fields: Record<string, unknown>, prefix?: string) =>
  reject(eventSchema, { eventType: 'view', ...fields }, prefix)

test('one fault is one error, and the detail is its sentence', () => {
  expect(rejectEvent({ position: -1 })).toEqual({
    code: 'invalid_event',
    detail: 'position must be at least 0',
    errors: [{ pointer: '/position', code: 'too_small', detail: 'position must be at least 0' }],
  })
})

test('several faults are listed, and the detail counts them', () => {
  const { detail, errors } = rejectEvent({ position: -1, surface: '', context: { path: 7 } })
  expect(detail).toBe('surface must not be empty; and 2 more')
  expect(errors?.map((error) => error.pointer)).toEqual(['/surface', '/position', '/context/path'])
})

test('two faults of one value are one error', () => {
  expect(rejectEvent({ eventType: '' }).errors).toHaveLength(1)
})

test.each([
  [{ entityType: 'film', entityId: true }, 'entityId must be a string or an integer'],
  [{ entityType: 'film', entityId: 'a'.repeat(201) }, 'entityId must be at most 200 characters long'],
  [{ entityType: 'film', entityId: 'a\tb' }, 'entityId must be well-formed text without control characters'],
  [{ occurredAt: 'yesterday' }, 'occurredAt must be ISO 8601 with a zone, or milliseconds since 1970'],
  [{ occurredAt: {} }, 'occurredAt must be ISO 8601 with a zone, or milliseconds since 1970'],
  [{ source: 'fax' }, 'source must be one of "web", "api", "mobile", "system", "webhook"'],
  [{ sessionId: 'me' }, 'sessionId must be a UUID'],
  [{ completed: 1 }, 'completed must be true or false'],
  [{ props: [] }, 'props must be an object'],
  [{ attribution: { referrer: 'x' } }, 'attribution.referrer must be an http(s) URL or empty'],
  [{ eventType: undefined }, 'eventType is missing'],
  [{ eventType: 'View' }, 'eventType: use lower-case letters, digits and underscores, beginning with a letter'],
])('%j: %s', (fields, detail) => {
  const rejection = rejectEvent(fields)
  expect(rejection.detail).toBe(detail)
  expect(rejection.errors).toHaveLength(1)
})

describe('unknown keys', () => {
  test('have an error each, whatever else is wrong', () => {
    const { code, errors } = rejectEvent({ position: -1, foo: 1, bar: 2 })
    expect(code).toBe('unrecognized_keys')
    expect(errors?.filter((error) => error.code === 'unrecognized_keys').map((error) => error.pointer)).toEqual([
      '/foo',
      '/bar',
    ])
  })

  test.each([
    [{ sessionID: 'x' }, "sessionID is not a known key, did you mean 'sessionId'?"],
    [{ attribution: { utmsource: 'x' } }, "attribution.utmsource is not a known key, did you mean 'utmSource'?"],
    [{ price: 7 }, 'price is not a known key; free data goes into props'],
    [{ context: { colour: 'red' } }, 'context.colour is not a known key'],
  ])('%j: %s', (fields, detail) => {
    expect(rejectEvent(fields).detail).toBe(detail)
  })
})

test('where free data goes is said of events alone', () => {
  const parsed = z.strictObject({ query: z.string() }).safeParse({ query: 'x', price: 7 })
  if (parsed.success) throw new Error('taken, though price is not known')
  expect(rejectionFromZod(parsed.error, '', 'invalid_request').detail).toBe('price is not a known key')
})

test('what is no event at all is said of the item, and of the body where it is the body', () => {
  expect(reject(eventSchema, 7, '/events/3')).toMatchObject({
    detail: 'the item must be an object',
    errors: [{ pointer: '/events/3', code: 'invalid_type' }],
  })
  expect(reject(eventSchema, null)).toMatchObject({ detail: 'the body must be an object', errors: [{ pointer: '' }] })
})

test('pointers begin with the prefix and are escaped', () => {
  const [error] = rejectEvent({ 'a/b~c': 1 }, '/events/3').errors ?? []
  expect(error?.pointer).toBe('/events/3/a~1b~0c')
})

test('every pointer leads to the value it speaks of', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 20 }), { minLength: 1, maxLength: 4 }), (keys) => {
      const sent = keys.reduceRight<unknown>((inside, key) => Object.fromEntries([[key, inside]]), 'wrong')
      const schema = keys.reduceRight<z.ZodType>(
        (inside, key) => z.object(Object.fromEntries([[key, inside]])),
        z.number(),
      )
      fc.pre(!keys.includes('__proto__'))
      const [error] = reject(schema, sent).errors ?? []
      const found = (error?.pointer ?? '')
        .split('/')
        .slice(1)
        .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
        .reduce((value, key) => (value as Record<string, unknown>)[key], sent)
      expect(found).toBe('wrong')
    }),
  )
})

describe('whatever was sent, the reply stays small', () => {
  test('at most twenty errors', () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key${index}`, index]))
    const { errors, detail } = rejectEvent(many)
    expect(errors).toHaveLength(20)
    expect(detail).toContain('and 4999 more')
  })

  test('a long key is cut in sentences, and a pointer ends above it', () => {
    const key = 'k'.repeat(10_000)
    const rejection = rejectEvent({ [key]: 1 })
    expect(rejection.errors?.[0]?.pointer).toBe('')
    expect(JSON.stringify(rejection).length).toBeLessThan(500)
  })

  test('a long value is not repeated', () => {
    expect(JSON.stringify(rejectEvent({ source: 'x'.repeat(10_000) })).length).toBeLessThan(500)
  })

  test('control characters do not reach a sentence', () => {
    expect(rejectEvent({ 'a\nb': 1 }).detail).toBe('a\ufffdb is not a known key; free data goes into props')
  })
})

test('of a union of objects the one that was meant is explained', () => {
  const shape = z.union([z.literal('none'), z.object({ window: z.string(), by: z.array(z.string()) })])
  expect(reject(z.object({ dedupe: shape }), { dedupe: { window: 5, by: [] } })).toMatchObject({
    errors: [{ pointer: '/dedupe/window', detail: 'dedupe.window must be a string' }],
  })
  expect(reject(z.object({ dedupe: shape }), { dedupe: 7 })).toMatchObject({
    errors: [{ pointer: '/dedupe', detail: 'dedupe must be "none" or an object' }],
  })
})
