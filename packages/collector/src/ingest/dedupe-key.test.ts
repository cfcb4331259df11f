import { compilePlan, type DedupeField, dedupeFields, definePlan } from '@tallymark/schemas'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Actor } from '../store/store.ts'
import { decode } from './decode.ts'
import { fingerprintWindowMs, keyForDedupe } from './dedupe-key.ts'
import type { Draft } from './draft.ts'

const rule = (...by: [DedupeField, ...DedupeField[]]) =>
  ({ on: 'any', entityOptional: true, dedupe: { window: '5m', by } }) as const
const plan = compilePlan(
  definePlan({
    name: 'keys',
    open: true,
    entities: {},
    events: {
      view: rule('entity', 'viewer'),
      read: rule('entity', 'viewer'),
      by_viewer: rule('viewer', 'entity'),
      by_entity: rule('entity'),
      by_session: rule('session'),
      by_surface: { ...rule('surface'), defaultSurface: 'home' },
      by_props: rule('props'),
      by_second: rule('second'),
      by_all: rule('entity', 'viewer', 'session', 'surface', 'props', 'second'),
      never: { dedupe: 'none' },
    },
  }),
)

interface Circumstances {
  actor?: Actor | null
  occurredAt?: number
}

function dedupeOf(
  event: Record<string, unknown>,
  { actor = null, occurredAt = 0 }: Circumstances = {},
): Draft['dedupe'] {
  const request = { receivedAt: 0, trust: 'public' as const, keyId: 'k1', clientKey: null, actor, client: null }
  const draft = decode(event, { pointer: '' }, plan, request)
  if (!('event' in draft)) throw new Error(draft.detail)
  draft.occurredAt = occurredAt
  expect(keyForDedupe(draft)).toBeUndefined()
  return draft.dedupe
}

const keyOf = (...args: Parameters<typeof dedupeOf>) => dedupeOf(...args)?.key
const id = (n: number) => `0197c0de-0000-7000-8000-00000000000${n}`
const person = (name: string): Actor => ({ id: name, type: null, traits: null })
const page = { entityType: 'page', entityId: '7' }
const view = { eventType: 'view', ...page, anonymousId: id(1) }

describe('a dedupe key', () => {
  test('is 16 hexadecimal digits, with the window of the rule', () => {
    expect(dedupeOf(view)).toEqual({ key: expect.stringMatching(/^[0-9a-f]{16}$/), windowMs: 300_000 })
  })

  test('is the same for what the rule calls the same, whatever else differs', () => {
    const more = {
      ...{ sessionId: id(2), surface: 'feed', position: 3, props: { a: 1 }, idempotencyKey: id(3) },
      ...{ durationMs: 5, completed: true, source: 'mobile', context: { path: '/x' }, attribution: { utmSource: 'x' } },
    }
    expect(keyOf({ ...view, ...more }, { occurredAt: 99_999 })).toBe(keyOf(view))
  })

  test('does not care how an entity’s number or a UUID is written', () => {
    expect(keyOf({ ...view, entityId: 7 })).toBe(keyOf(view))
    expect(keyOf({ ...view, anonymousId: id(1).toUpperCase() })).toBe(keyOf(view))
    const bySession = { eventType: 'by_session', sessionId: id(2) }
    expect(keyOf({ ...bySession, sessionId: id(2).toUpperCase() })).toBe(keyOf(bySession))
  })

  test.each([
    ['the event type', { ...view, eventType: 'read' }],
    ['the entity', { ...view, entityId: '8' }],
    ['the entity’s spelling', { ...view, entityId: '07' }],
    ['the entity type', { ...view, entityType: 'note' }],
    ['the device', { ...view, anonymousId: id(2) }],
    ['having no entity', { eventType: 'view', anonymousId: id(1) }],
  ])('differs by %s', (_, other) => {
    expect(keyOf(other)).not.toBe(keyOf(view))
  })

  test('does not mix up the end of one value with the beginning of the next', () => {
    const a = keyOf({ ...view, entityType: 'page', entityId: '1' })
    const b = keyOf({ ...view, entityType: 'page1', entityId: '"' })
    const c = keyOf({ ...view, entityType: 'page', entityId: '1","' })
    expect(new Set([a, b, c]).size).toBe(3)
  })
})

describe('the viewer of a key', () => {
  test('is the actor, else the device, else the session', () => {
    const both = { ...view, sessionId: id(2) }
    expect(keyOf(both, { actor: person('u') })).toBe(
      keyOf({ ...both, anonymousId: id(5), sessionId: id(6) }, { actor: person('u') }),
    )
    expect(keyOf(both)).toBe(keyOf({ ...both, sessionId: id(6) }))
    const { anonymousId: _, ...sessionOnly } = both
    expect(keyOf(sessionOnly)).not.toBe(keyOf(both))
    expect(keyOf({ ...both, entityId: 8 }, { actor: person('u') })).not.toBe(keyOf(both, { actor: person('u') }))
  })

  test('is not mixed up between the kinds: an actor may be called like a device or a session', () => {
    const { anonymousId: _, ...nobody } = view
    const keys = [
      keyOf({ ...nobody, anonymousId: id(1) }),
      keyOf({ ...nobody, sessionId: id(1) }),
      keyOf(nobody, { actor: person(id(1)) }),
      keyOf(nobody, { actor: person(`a${id(1)}`) }),
    ]
    expect(new Set(keys).size).toBe(4)
  })

  test('that is nobody leaves the event without a key, or all of them would be one', () => {
    const { anonymousId: _, ...nobody } = view
    expect(dedupeOf(nobody)).toBeNull()
    expect(dedupeOf({ ...nobody, eventType: 'by_all' })).toBeNull()
    expect(dedupeOf({ ...nobody, eventType: 'by_entity' })).not.toBeNull()
  })

  test('is the session where the rule goes by that alone: without one the event has no key either', () => {
    expect(dedupeOf({ eventType: 'by_session', anonymousId: id(1) })).toBeNull()
    expect(dedupeOf({ ...view, eventType: 'by_all' }), 'the viewer is known').not.toBeNull()
  })

  test('an actor’s role and traits do not matter', () => {
    const known = { id: 'u', type: 'creator', traits: '{"email":"a@example.com"}' }
    expect(keyOf(view, { actor: known })).toBe(keyOf(view, { actor: person('u') }))
  })
})

describe('each field of a rule', () => {
  test('that is in it tells events apart, and one that is not does not', () => {
    const base = { ...view, sessionId: id(2), surface: 'feed', props: { a: 1 } }
    const changes: Record<DedupeField, [Record<string, unknown>, Circumstances]> = {
      entity: [{ entityId: '8' }, {}],
      viewer: [{ anonymousId: id(4) }, {}],
      session: [{ sessionId: id(5) }, {}],
      surface: [{ surface: 'search' }, {}],
      props: [{ props: { a: 2 } }, {}],
      second: [{}, { occurredAt: 1000 }],
    }
    const rules = {
      by_entity: ['entity'],
      by_session: ['session'],
      by_surface: ['surface'],
      by_props: ['props'],
      by_second: ['second'],
    }
    for (const [eventType, by] of [
      ...Object.entries(rules),
      ['by_all', dedupeFields],
      ['view', ['entity', 'viewer']],
    ] as const) {
      const before = keyOf({ ...base, eventType })
      for (const field of dedupeFields) {
        const [change, circumstances] = changes[field]
        const after = keyOf({ ...base, eventType, ...change }, circumstances)
        expect(after !== before, `${eventType} by ${field}`).toBe((by as readonly string[]).includes(field))
      }
    }
  })

  test('takes the surface that the plan declares for an event that names none', () => {
    expect(keyOf({ eventType: 'by_surface' })).toBe(keyOf({ eventType: 'by_surface', surface: 'home' }))
  })

  test('tells the seconds apart, not their parts, also before 1970', () => {
    const at = (occurredAt: number) => keyOf({ eventType: 'by_second' }, { occurredAt })
    expect(at(1999)).toBe(at(1000))
    expect(at(2000)).not.toBe(at(1999))
    expect(at(-1)).not.toBe(at(0))
  })
})

describe('an event without a rule of its own', () => {
  const like = { eventType: 'like', ...page, anonymousId: id(1) }

  test('has no key when it has an id: the id tells it', () => {
    expect(dedupeOf({ ...like, idempotencyKey: id(9) })).toBeNull()
  })

  test('has a fingerprint when it has none, for a minute', () => {
    expect(dedupeOf(like)).toMatchObject({ windowMs: fingerprintWindowMs })
    expect(fingerprintWindowMs).toBe(60_000)
  })

  test('has none when nobody stands behind it', () => {
    expect(dedupeOf({ eventType: 'like', ...page })).toBeNull()
  })

  test('has a fingerprint of type, viewer, entity, session, second and props, and of nothing else', () => {
    const same = keyOf(like, { occurredAt: 1000 })
    expect(keyOf({ ...like, surface: 'feed', position: 2 }, { occurredAt: 1999 })).toBe(same)
    for (const change of [
      { eventType: 'save' },
      { entityId: 8 },
      { anonymousId: id(2) },
      { sessionId: id(3) },
      { props: {} },
    ]) {
      expect(keyOf({ ...like, ...change }, { occurredAt: 1000 })).not.toBe(same)
    }
    expect(keyOf(like, { occurredAt: 2000 })).not.toBe(same)
  })

  test('has a key all the same where the plan has a rule and the event an id', () => {
    expect(keyOf({ ...view, idempotencyKey: id(9) })).toBe(keyOf(view))
  })

  test('has none where the plan says none', () => {
    expect(dedupeOf({ eventType: 'never', anonymousId: id(1) })).toBeNull()
  })
})

test('two events have the same key if and only if they agree in everything that the rule names', () => {
  const little = fc.record({
    eventType: fc.constantFrom('view', 'read', 'by_viewer', 'by_entity', 'by_session', 'by_props', 'by_all'),
    entityType: fc.constantFrom('page', 'note'),
    entityId: fc.constantFrom('1', '2', '__proto__'),
    anonymousId: fc.constantFrom(id(1), id(2)),
    sessionId: fc.constantFrom(id(1), id(2)),
    props: fc.constantFrom({}, { a: 1 }, { a: '1' }),
  })
  const named: Record<string, (event: { [field: string]: unknown }) => unknown> = {
    entity: (event) => [event.entityType, event.entityId],
    viewer: (event) => event.anonymousId,
    session: (event) => event.sessionId,
    props: (event) => event.props,
    surface: () => undefined,
    second: () => 0,
  }
  fc.assert(
    fc.property(little, little, (one, other) => {
      const declared = plan.event(one.eventType)?.dedupe
      const by = declared && declared !== 'none' ? declared.by : []
      const agree =
        one.eventType === other.eventType &&
        by.every((field) => JSON.stringify(named[field]?.(one)) === JSON.stringify(named[field]?.(other)))
      expect(keyOf(one) === keyOf(other)).toBe(agree)
    }),
    { numRuns: 1000 },
  )
})
