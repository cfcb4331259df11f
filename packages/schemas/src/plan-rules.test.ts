import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { compilePlan } from './compile-plan.ts'
import type { EventInput } from './event.ts'
import { generalPlan } from './general-plan.ts'
import { definePlan, type PlanSchema } from './plan.ts'
import { checkAgainstPlan, durationOf, surfaceOf } from './plan-rules.ts'

const plan = compilePlan(
  definePlan({
    name: 'cinema',
    entities: {
      film: { metadata: z.looseObject({ rating: z.number().min(1).max(5), title: z.string().optional() }) },
      room: {},
    },
    events: {
      watch: { on: ['film'], durationFrom: 'watched_ms', props: z.looseObject({ watched_ms: z.number().optional() }) },
      open: { on: 'any', surfaces: ['list', 'map'], defaultSurface: 'list' },
      click: { on: ['film', 'room'], surfaces: ['list', 'map'], requires: ['position', 'sessionId'] },
      search: { props: z.strictObject({ query: z.string(), order: z.enum(['new', 'top']) }) },
      visit: { on: ['room'], entityOptional: true },
    },
  }),
)
const general = compilePlan(generalPlan)

const film = { entityType: 'film', entityId: 'f1' }
/** The rejection as `code: fieldCode pointer, …`, or undefined. */
function verdict(event: EventInput, prefix?: string) {
  const rejection = checkAgainstPlan(event, plan, prefix)
  return (
    rejection && `${rejection.code}: ${rejection.errors?.map((error) => `${error.code} ${error.pointer}`).join(', ')}`
  )
}
const detail = (event: EventInput) => checkAgainstPlan(event, plan)?.detail

describe('the event type', () => {
  test('must be declared', () => {
    expect(verdict({ eventType: 'purchase' })).toBe('unknown_event_type: unknown_event_type /eventType')
    expect(detail({ eventType: 'purchase' })).toBe("the plan 'cinema' has no event type 'purchase'")
  })

  test('is suggested where a declared one is close', () => {
    expect(detail({ eventType: 'serach' })).toBe("the plan 'cinema' has no event type 'serach', did you mean 'search'?")
  })

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('%s is not one by accident', (eventType) => {
    expect(verdict({ eventType })).toContain('unknown_event_type')
  })

  test('may be any in an open plan', () => {
    expect(checkAgainstPlan({ eventType: 'purchase' }, general)).toBeUndefined()
  })
})

describe('the entity', () => {
  test('of a declared type passes', () => {
    expect(verdict({ eventType: 'watch', ...film })).toBeUndefined()
  })

  test.each<[string, EventInput, string]>([
    [
      'of an undeclared type',
      { eventType: 'open', entityType: 'flim', entityId: 1 },
      'unknown_entity_type: unknown_entity_type /entityType',
    ],
    ['without its type', { eventType: 'open', entityId: 1 }, 'invalid_event: missing_field /entityType'],
    ['without its id', { eventType: 'open', entityType: 'film' }, 'invalid_event: missing_field /entityId'],
    ['that is not there', { eventType: 'open' }, 'invalid_event: missing_field /entityType, missing_field /entityId'],
    [
      'of another type than it acts on',
      { eventType: 'watch', entityType: 'room', entityId: 1 },
      'invalid_event: invalid_value /entityType',
    ],
  ])('%s is refused', (_, event, says) => {
    expect(verdict(event)).toBe(says)
  })

  test('may be left out where the plan says so, but must fit when it is there', () => {
    expect(verdict({ eventType: 'visit' })).toBeUndefined()
    expect(verdict({ eventType: 'visit', entityType: 'room', entityId: 0 })).toBeUndefined()
    expect(verdict({ eventType: 'visit', ...film })).toBe('invalid_event: invalid_value /entityType')
    expect(verdict({ eventType: 'visit', entityId: 1 })).toBe('invalid_event: missing_field /entityType')
  })

  test('may be given to an event type that declares none', () => {
    const props = { query: 'noir', order: 'new' }
    expect(verdict({ eventType: 'search', ...film, props })).toBeUndefined()
  })

  test('is explained with what would be right', () => {
    expect(detail({ eventType: 'watch', entityType: 'room', entityId: 1 })).toBe(
      "'watch' does not act on 'room': entityType must be one of film",
    )
    expect(detail({ eventType: 'open', entityType: 'flim', entityId: 1 })).toBe(
      "the plan 'cinema' has no entity type 'flim', did you mean 'film'?",
    )
  })
})

describe('the surface', () => {
  const click = { eventType: 'click', ...film, position: 0, sessionId: '0195f3a0-0000-7000-8000-000000000001' }

  test('must be in the list', () => {
    expect(verdict({ ...click, surface: 'map' })).toBeUndefined()
    expect(verdict({ ...click, surface: 'mapp' })).toBe('invalid_event: invalid_value /surface')
    expect(verdict({ eventType: 'open', ...film, surface: 'mapp' })).toBe('invalid_event: invalid_value /surface')
  })

  test('must be given where there is no default', () => {
    expect(verdict(click)).toBe('invalid_event: missing_field /surface')
    expect(detail(click)).toBe("surface is missing: 'click' happens on one of list, map")
    expect(verdict({ eventType: 'open', ...film })).toBeUndefined()
  })

  test('is free where none are listed', () => {
    expect(verdict({ eventType: 'watch', ...film, surface: 'anywhere' })).toBeUndefined()
  })
})

test('a field that the plan requires is missing by its own name', () => {
  expect(verdict({ eventType: 'click', ...film, surface: 'map' })).toBe(
    'invalid_event: missing_field /position, missing_field /sessionId',
  )
})

describe('props', () => {
  test('that fit pass, and are not changed', () => {
    const event: EventInput = { eventType: 'watch', ...film, props: { watched_ms: 5, other: { free: true } } }
    const before = structuredClone(event)
    expect(verdict(event)).toBeUndefined()
    expect(event).toEqual(before)
  })

  test.each<[string, Record<string, unknown> | undefined, string]>([
    ['absent altogether', undefined, 'missing_prop: missing_prop /props/query, missing_prop /props/order'],
    ['without a required one', { query: 'noir' }, 'missing_prop: missing_prop /props/order'],
    ['of a wrong type', { query: 7, order: 'new' }, 'invalid_event: invalid_type /props/query'],
    ['wrong and missing', { query: 7 }, 'invalid_event: invalid_type /props/query, missing_prop /props/order'],
    ['that are null', { query: null, order: 'new' }, 'invalid_event: invalid_type /props/query'],
    [
      'unknown to a strict schema',
      { query: 'noir', order: 'new', 'a/b': 1 },
      'unrecognized_keys: unrecognized_keys /props/a~1b',
    ],
  ])('%s are refused', (_, props, says) => {
    expect(verdict({ eventType: 'search', ...(props && { props }) })).toBe(says)
  })

  test('are explained by name', () => {
    expect(detail({ eventType: 'search', props: { query: 'noir', order: 'old' } })).toBe(
      'props.order must be one of "new", "top"',
    )
    expect(detail({ eventType: 'search' })).toBe('props.query is missing; and 1 more')
  })

  test('may hold metadata though a strict schema does not name it', () => {
    const props = { query: 'noir', order: 'new', metadata: { rating: 4 } }
    expect(verdict({ eventType: 'search', ...film, props })).toBeUndefined()
  })
})

describe("the entity's metadata", () => {
  const watch = (metadata: unknown): EventInput => ({ eventType: 'watch', ...film, props: { metadata } })

  test('may be left out, and binds when it is there', () => {
    expect(verdict({ eventType: 'watch', ...film, props: {} })).toBeUndefined()
    expect(verdict(watch({ rating: 5, anything: 'else' }))).toBeUndefined()
    expect(verdict(watch({}))).toBe('missing_prop: missing_prop /props/metadata/rating')
    expect(verdict(watch({ rating: 'five' }))).toBe('invalid_event: invalid_type /props/metadata/rating')
    expect(verdict(watch({ rating: 6 }))).toBe('invalid_event: too_big /props/metadata/rating')
    expect(verdict(watch('five'))).toBe('invalid_event: invalid_type /props/metadata')
    expect(verdict(watch(null))).toBe('invalid_event: invalid_type /props/metadata')
  })

  test('is free on an entity type without a schema', () => {
    const event: EventInput = { eventType: 'visit', entityType: 'room', entityId: 1, props: { metadata: 'free' } }
    expect(verdict(event)).toBeUndefined()
  })
})

test('pointers begin with the place of the event', () => {
  expect(verdict({ eventType: 'search', props: { query: 'noir' } }, '/events/3')).toBe(
    'missing_prop: missing_prop /events/3/props/order',
  )
  expect(verdict({ eventType: 'nothing' }, '/events/0')).toBe(
    'unknown_event_type: unknown_event_type /events/0/eventType',
  )
  const strict = { query: 'noir', order: 'new', metadata: {} }
  expect(verdict({ eventType: 'search', props: strict }, '/events/3')).toBeUndefined()
})

describe('what the plan fills in', () => {
  const watch = plan.event('watch')
  const open = plan.event('open')
  if (!watch || !open) throw new Error('the plan declares them')

  test('is the surface, when the event has none', () => {
    expect(surfaceOf({ eventType: 'open' }, open)).toBe('list')
    expect(surfaceOf({ eventType: 'open', surface: 'map' }, open)).toBe('map')
    expect(surfaceOf({ eventType: 'watch' }, watch)).toBeUndefined()
  })

  test.each<[number | undefined, unknown, number | undefined]>([
    [undefined, 1500, 1500],
    [undefined, 0, 0],
    [70, 1500, 70],
    [0, 1500, 0],
    [undefined, '1500', undefined],
    [undefined, -1, undefined],
    [undefined, 86_400_001, undefined],
    [undefined, undefined, undefined],
  ])('is the duration: of %j and the prop %j it is %j', (durationMs, watched_ms, expected) => {
    const event = { eventType: 'watch', ...(durationMs !== undefined && { durationMs }), props: { watched_ms } }
    expect(durationOf(event, watch)).toBe(expected)
  })

  test('is no duration where no prop is named', () => {
    expect(durationOf({ eventType: 'open', props: { watched_ms: 5 } }, open)).toBeUndefined()
    expect(durationOf({ eventType: 'watch' }, watch)).toBeUndefined()
  })
})

describe('a schema of another library', () => {
  const withSchema = (validate: PlanSchema['~standard']['validate']) =>
    compilePlan({
      name: 'p',
      entities: {},
      events: { search: { props: { '~standard': { version: 1, vendor: 'other', validate } } } },
    })

  test('is understood by its messages and paths', () => {
    const other = withSchema(() => ({
      issues: [
        { message: 'must be shorter', path: ['a', { key: 'b' }] },
        { message: 'Expected text', path: ['c'] },
      ],
    }))
    expect(checkAgainstPlan({ eventType: 'search', props: { a: { b: 1 } } }, other)).toEqual({
      code: 'invalid_event',
      detail: 'props.a.b must be shorter; and 1 more',
      errors: [
        { pointer: '/props/a/b', code: 'invalid_value', detail: 'props.a.b must be shorter' },
        { pointer: '/props/c', code: 'missing_prop', detail: 'props.c: Expected text' },
      ],
    })
  })

  test('that cannot answer at once is a fault of the plan, not of the event', () => {
    const late = withSchema(() => Promise.reject(new Error('too late')))
    expect(() => checkAgainstPlan({ eventType: 'search' }, late)).toThrow('use a synchronous one')
  })
})

test('whatever the props, a rejection is about props and says so in short sentences', () => {
  const props = fc.dictionary(
    fc.oneof(fc.constantFrom('query', 'order', 'metadata'), fc.string()),
    fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.record({ rating: fc.jsonValue() })),
  )
  fc.assert(
    fc.property(fc.constantFrom('search', 'watch'), props, (eventType, sent) => {
      const rejection = checkAgainstPlan({ eventType, ...film, props: sent }, plan, '/events/0')
      if (!rejection) return
      expect(rejection.errors?.length).toBeGreaterThan(0)
      for (const error of rejection.errors ?? []) {
        expect(error.pointer).toMatch(/^\/events\/0\/props/)
        expect(error.detail.length).toBeLessThan(400)
      }
    }),
  )
})
