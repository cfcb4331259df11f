import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batchSchema } from './batch.ts'
import { eventSchema, toEpochMs } from './event.ts'
import * as limits from './limits.ts'
import { rejectionFromZod } from './rejection.ts'

const uuid = '0195f3a0-0000-7000-8000-000000000001'
const text = (length: number) => 'a'.repeat(length)
const url = (length: number) => `https://e.com/${text(length - 'https://e.com/'.length)}`

/** What the schema says of an event of these fields: nothing, or the first error. */
function verdict(fields: Record<string, unknown>) {
  const parsed = eventSchema.safeParse({ eventType: 'view', ...fields })
  if (parsed.success) return undefined
  const { errors } = rejectionFromZod(parsed.error)
  expect(errors).toHaveLength(1)
  return `${errors?.[0]?.code} ${errors?.[0]?.pointer}`
}

/** Each row of the wire format: a field, values at its bounds, and values just past them with what is said of each. */
const rows: [field: string, accepted: unknown[], refused: [value: unknown, verdict: string][]][] = [
  [
    'eventType',
    ['v', 'view', 'post_scroll_depth', 'a1', text(100)],
    [
      [undefined, 'missing_field'],
      ['', 'too_small'],
      [text(101), 'too_big'],
      ['View', 'invalid_value'],
      ['1view', 'invalid_value'],
      ['_view', 'invalid_value'],
      ['page-view', 'invalid_value'],
      ['view\n', 'invalid_value'],
      [7, 'invalid_type'],
      [null, 'invalid_type'],
    ],
  ],
  [
    'entityType',
    ['a', text(64)],
    [
      ['', 'too_small'],
      [text(65), 'too_big'],
      ['Project', 'invalid_value'],
      [null, 'invalid_type'],
    ],
  ],
  [
    'entityId',
    ['e-1', 'a b/c~d', text(200), 0, -7, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
    [
      ['', 'too_small'],
      [text(201), 'too_big'],
      ['a\u0000b', 'invalid_value'],
      ['a\u007fb', 'invalid_value'],
      ['a\u009fb', 'invalid_value'],
      ['a\nb', 'invalid_value'],
      [1.5, 'invalid_type'],
      [2 ** 53, 'too_big'],
      [-(2 ** 53), 'too_small'],
      [true, 'invalid_type'],
      [null, 'invalid_type'],
      [{}, 'invalid_type'],
    ],
  ],
  [
    'sessionId',
    [uuid, uuid.toUpperCase()],
    [
      ['', 'invalid_value'],
      [`{${uuid}}`, 'invalid_value'],
      [uuid.replaceAll('-', ''), 'invalid_value'],
      [7, 'invalid_type'],
    ],
  ],
  ['anonymousId', [uuid], [['me', 'invalid_value']]],
  [
    'source',
    ['web', 'api', 'mobile', 'system', 'webhook'],
    [
      ['Web', 'invalid_value'],
      ['', 'invalid_value'],
      [null, 'invalid_value'],
    ],
  ],
  [
    'surface',
    ['s', 'Explore: trending', text(64)],
    [
      ['', 'too_small'],
      [text(65), 'too_big'],
      [1, 'invalid_type'],
    ],
  ],
  [
    'position',
    [0, 100_000],
    [
      [-1, 'too_small'],
      [100_001, 'too_big'],
      [0.5, 'invalid_type'],
      ['3', 'invalid_type'],
    ],
  ],
  [
    'durationMs',
    [0, 0.5, 86_400_000],
    [
      [-1, 'too_small'],
      [86_400_001, 'too_big'],
      ['1s', 'invalid_type'],
      [Number.NaN, 'invalid_type'],
    ],
  ],
  [
    'completed',
    [true, false],
    [
      ['true', 'invalid_type'],
      [1, 'invalid_type'],
    ],
  ],
  [
    'props',
    [{}, { any: [{ thing: null }] }],
    [
      [[], 'invalid_type'],
      ['{}', 'invalid_type'],
      [null, 'invalid_type'],
      [{ text: text(limits.maxPropsBytes) }, 'too_big'],
      [{ a: { b: { c: { d: { e: { f: {} } } } } } }, 'too_big'],
    ],
  ],
  [
    'occurredAt',
    ['2026-01-31T23:59:59Z', '2026-01-31T23:59:59.123456+05:30', '2028-02-29T00:00:00-11:00', 0, 1_767_225_600_000.5],
    [
      ['2026-01-31', 'invalid_value'],
      ['2026-01-31T23:59:59', 'invalid_value'],
      ['2026-02-30T00:00:00Z', 'invalid_value'],
      ['2026-01-31 23:59:59Z', 'invalid_value'],
      ['1767225600000', 'invalid_value'],
      ['', 'invalid_value'],
      [9e15, 'too_big'],
      [-9e15, 'too_small'],
      [null, 'invalid_type'],
      [{}, 'invalid_type'],
    ],
  ],
  [
    'idempotencyKey',
    [uuid, 'f47ac10b-58cc-4372-a567-0e02b2c3d479'],
    [
      ['retry-1', 'invalid_value'],
      [7, 'invalid_type'],
    ],
  ],
  [
    'actorId',
    ['u', text(200)],
    [
      ['', 'too_small'],
      [text(201), 'too_big'],
    ],
  ],
  [
    'actorType',
    ['admin', text(64)],
    [
      ['', 'too_small'],
      [text(65), 'too_big'],
    ],
  ],
  ['eventTyp', [], [['view', 'unrecognized_keys']]],
]

describe.each(rows)('%s', (field, accepted, refused) => {
  test.each(accepted)('takes %j', (value) => {
    expect(verdict({ [field]: value })).toBeUndefined()
  })

  test.each(refused)('refuses %j', (value, code) => {
    expect(verdict({ [field]: value })).toBe(`${code} /${field}`)
  })
})

const nestedRows: [group: string, field: string, accepted: unknown[], refused: [unknown, string][]][] = [
  ...['utmSource', 'utmMedium', 'utmCampaign', 'utmTerm', 'utmContent', 'clickId'].map(
    (field): (typeof nestedRows)[number] => [
      'attribution',
      field,
      ['', text(255)],
      [
        [text(256), 'too_big'],
        [7, 'invalid_type'],
      ],
    ],
  ),
  ...['referrer', 'landingPage'].map((field): (typeof nestedRows)[number] => [
    'attribution',
    field,
    ['', 'http://e.com', 'HTTPS://e.com/a?b#c', url(2048)],
    [
      [url(2049), 'too_big'],
      ['e.com', 'invalid_value'],
      ['/path', 'invalid_value'],
      ['javascript:alert(1)', 'invalid_value'],
      ['android-app://com.example', 'invalid_value'],
      ['http://', 'invalid_value'],
      [7, 'invalid_type'],
    ],
  ]),
  [
    'attribution',
    'clickIdType',
    ['gclid', 'fbclid', 'msclkid', 'ttclid'],
    [
      ['GCLID', 'invalid_value'],
      [text(33), 'too_big'],
    ],
  ],
  ['attribution', 'utmSorce', [], [['x', 'unrecognized_keys']]],
  ['context', 'path', ['', '/a', text(1024)], [[text(1025), 'too_big']]],
  ['context', 'title', ['', text(300)], [[text(301), 'too_big']]],
  ['context', 'locale', ['en-GB', text(35)], [[text(36), 'too_big']]],
  ['context', 'timezone', ['Europe/Berlin', text(64)], [[text(65), 'too_big']]],
  ...['screenWidth', 'screenHeight'].map((field): (typeof nestedRows)[number] => [
    'context',
    field,
    [0, 1920],
    [
      [-1, 'too_small'],
      [1.5, 'invalid_type'],
      ['1920', 'invalid_type'],
    ],
  ]),
  ['context', 'consent', ['granted', 'cookieless'], [['denied', 'invalid_value']]],
  ['context', 'sdk', [{ name: 'web', version: '1.0.0' }], [['web', 'invalid_type']]],
  ['context', 'userAgent', [], [['x', 'unrecognized_keys']]],
]

describe.each(nestedRows)('%s.%s', (group, field, accepted, refused) => {
  test.each(accepted)('takes %j', (value) => {
    expect(verdict({ [group]: { [field]: value } })).toBeUndefined()
  })

  test.each(refused)('refuses %j', (value, code) => {
    expect(verdict({ [group]: { [field]: value } })).toBe(`${code} /${group}/${field}`)
  })
})

test('a name without its version is a missing field', () => {
  expect(verdict({ context: { sdk: { name: 'web' } } })).toBe('missing_field /context/sdk/version')
})

test('an event of its type alone is an event', () => {
  expect(eventSchema.parse({ eventType: 'page_view' })).toEqual({ eventType: 'page_view' })
})

test('validation changes nothing, not even a defaulted field', () => {
  const sent = { eventType: 'view', entityType: 'film', entityId: 7, props: { n: 1 }, attribution: { referrer: '' } }
  expect(eventSchema.parse(structuredClone(sent))).toEqual(sent)
})

test('an instant is milliseconds since the epoch, however it was written', () => {
  expect(toEpochMs('2026-01-01T01:00:00+01:00')).toBe(1_767_225_600_000)
  expect(toEpochMs(1_767_225_600_000.4)).toBe(1_767_225_600_000)
})

test('no value makes the schema throw, and what it refuses is explained in at most 20 errors', () => {
  const anything = fc.oneof(
    fc.anything(),
    fc.record(
      Object.fromEntries(
        Object.keys(eventSchema.shape).map((key) => [key, fc.oneof(fc.constant('a'), fc.jsonValue())]),
      ),
      { requiredKeys: [] },
    ),
  )
  fc.assert(
    fc.property(anything, (value) => {
      const parsed = eventSchema.safeParse(value)
      if (parsed.success) return
      const { code, detail, errors = [] } = rejectionFromZod(parsed.error)
      expect(['invalid_event', 'unrecognized_keys']).toContain(code)
      expect(detail.length).toBeLessThan(400)
      expect(errors.length).toBeGreaterThan(0)
      expect(errors.length).toBeLessThanOrEqual(20)
    }),
  )
})

describe('a batch', () => {
  const shape = (body: unknown) => {
    const parsed = batchSchema.safeParse(body)
    return parsed.success ? undefined : rejectionFromZod(parsed.error, '', 'invalid_request')
  }

  test('takes its events as they are, to be checked one by one', () => {
    expect(shape({ events: [{ eventType: 'view' }, 7, null] })).toBeUndefined()
    expect(shape({ events: [{}], sentAt: 1, attribution: { utmSource: 'x' }, context: { path: '/' } })).toBeUndefined()
  })

  test.each([
    [{}, 'missing_field', '/events'],
    [{ events: [] }, 'too_small', '/events'],
    [{ events: {} }, 'invalid_type', '/events'],
    [[{ eventType: 'view' }], 'invalid_type', ''],
    [{ events: [{}], sentAt: 'now' }, 'invalid_value', '/sentAt'],
    [{ events: [{}], attribution: { referrer: 'x' } }, 'invalid_value', '/attribution/referrer'],
    [{ events: [{}], context: { path: 7 } }, 'invalid_type', '/context/path'],
  ])('of the shape %j is refused', (body, code, pointer) => {
    expect(shape(body)).toMatchObject({ code: 'invalid_request', errors: [{ code, pointer }] })
  })

  test('with an unknown key is refused', () => {
    expect(shape({ events: [{}], event: {} })).toMatchObject({
      code: 'unrecognized_keys',
      errors: [{ code: 'unrecognized_keys', pointer: '/event' }],
    })
  })
})
