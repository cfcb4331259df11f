import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { batchSchema } from './batch.ts'
import { eventSchema, trackEnvelopeSchema } from './event.ts'
import { quickParser } from './quick-parser.ts'

const uuid = '0195f3a0-0000-7000-8000-000000000001'
const event = {
  eventType: 'view',
  entityType: 'film',
  entityId: 'f-1',
  sessionId: uuid,
  source: 'web',
  position: 3,
  durationMs: 0.5,
  completed: true,
  props: { label: 'open' },
  attribution: { utmSource: 'newsletter', referrer: 'https://example.com/' },
  context: { path: '/', screenWidth: 1440, consent: 'granted', sdk: { name: 'web', version: '1.0.0' } },
  occurredAt: '2026-01-31T23:59:59Z',
  idempotencyKey: uuid,
}

test('what is valid is handed on as it is, without asking the schema', () => {
  const parse = vi.spyOn(eventSchema, 'safeParse')
  const parsed = quickParser(eventSchema).safeParse(event)
  expect(parsed.data).toBe(event)
  expect(parse).not.toHaveBeenCalled()
  parse.mockRestore()
})

describe.each([
  ['an event', eventSchema],
  ['a batch', batchSchema],
  ['an envelope', trackEnvelopeSchema],
])('of %s', (_name, schema) => {
  const parser = quickParser<unknown>(schema)
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(
      ...Object.values(event),
      'view',
      '',
      0,
      -1,
      1.5,
      Number.POSITIVE_INFINITY,
      2 ** 53,
      '2026-01-31',
      undefined,
    ),
    fc.string(),
    fc.jsonValue(),
  )
  /** Valid objects with some fields put wrong, left out or added, at the top and one level below. */
  const broken = fc
    .tuple(
      fc.constantFrom<object>(event, { events: [event], sentAt: 1, context: event.context }, {}),
      fc.dictionary(
        fc.constantFrom(...Object.keys(event), 'events', 'sentAt', 'userToken', '__proto__', 'constructor'),
        leaf,
      ),
      fc.dictionary(fc.constantFrom(...Object.keys(event.context), 'referrer', 'utmSource', 'clickIdType'), leaf),
    )
    .map(([whole, top, below]) => ({
      ...structuredClone(whole),
      ...top,
      ...('context' in whole && { context: { ...event.context, ...below } }),
      ...('attribution' in whole && { attribution: { ...event.attribution, ...below } }),
    }))

  test('it says of anything what the schema says', () => {
    fc.assert(
      fc.property(fc.oneof(broken, leaf), (value) => {
        const [quick, slow] = [parser.safeParse(value), schema.safeParse(value)]
        expect(quick.success).toBe(slow.success)
        expect(quick.data).toEqual(slow.data)
        expect(quick.error?.issues).toEqual(slow.error?.issues)
      }),
      { numRuns: 500 },
    )
  })

  test('a key named __proto__ is never handed on', () => {
    const sent = JSON.parse('{"eventType":"view","events":[1],"__proto__":{"a":1}}')
    expect(Object.keys(parser.safeParse(sent).data ?? {})).not.toContain('__proto__')
  })
})
