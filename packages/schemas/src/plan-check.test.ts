import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { generalPlan } from './general-plan.ts'
import { checkPlan } from './plan-check.ts'

const good = { name: 'shop', entities: { product: {} }, events: { view: { on: ['product'] } } }
const faults = (plan: unknown) => checkPlan(plan).map(({ path, message }) => `${path}: ${message}`)
const inEvent = (view: unknown) => faults({ ...good, events: { view } })

test('a good plan has no faults', () => {
  expect(checkPlan(good)).toEqual([])
  expect(checkPlan(generalPlan)).toEqual([])
})

test('every setting is taken', () => {
  const event = {
    on: 'any',
    entityOptional: true,
    props: z.looseObject({}),
    surfaces: ['list'],
    defaultSurface: 'list',
    requires: ['position', 'sessionId'],
    dedupe: { window: '1.5h', by: ['entity', 'viewer', 'session', 'surface', 'props', 'second'] },
    role: 'view',
    public: true,
    pixel: true,
    serverOnly: false,
    durationFrom: 'watched_ms',
  }
  const entities = { product: { registered: true, metadata: z.looseObject({}) } }
  const step = { eventType: 'view', entityType: 'product', surface: 'list' }
  const funnels = { returns: { steps: [step, { eventType: 'session_start' }], windowMs: 1000 } }
  expect(faults({ name: 'shop', open: false, entities, events: { view: event }, funnels })).toEqual([])
})

describe('what is wrong is named by its path', () => {
  test.each<[unknown, string]>([
    [{}, ''],
    [{ on: ['prodct'] }, "events.view.on.0: 'prodct' is not one of the plan's entities (product)"],
    [{ on: [] }, 'events.view.on: must name at least one entity type'],
    [{ on: 'product' }, 'events.view.on: must be "any" or a list'],
    [{ entityOptional: true }, "events.view.entityOptional: says nothing without 'on'"],
    [{ props: { query: 'string' } }, 'events.view.props: must be a Zod schema'],
    [{ surfaces: [] }, 'events.view.surfaces: must name at least one surface'],
    [{ surfaces: ['list', ''] }, 'events.view.surfaces.1: must not be empty'],
    [
      { surfaces: ['list', 'map'], defaultSurface: 'grid' },
      "events.view.defaultSurface: 'grid' is not one of its surfaces (list, map)",
    ],
    [{ requires: ['surface'] }, 'events.view.requires.0: must be one of "position", "sessionId"'],
    [{ dedupe: 'all' }, 'events.view.dedupe: must be "none" or an object'],
    [
      { dedupe: { window: '5', by: ['viewer'] } },
      "events.view.dedupe.window: must be a duration such as '60s' or '5m'",
    ],
    [
      { dedupe: { window: '0s', by: ['viewer'] } },
      "events.view.dedupe.window: must be a duration such as '60s' or '5m'",
    ],
    [{ dedupe: { window: '5m', by: [] } }, 'events.view.dedupe.by: must name at least one field'],
    [
      { dedupe: { window: '5m', by: ['user'] } },
      'events.view.dedupe.by.0: must be one of "entity", "viewer", "session", "surface", "props", "second"',
    ],
    [{ public: 'yes' }, 'events.view.public: must be true or false'],
    [
      { pixel: true, serverOnly: true },
      'events.view.pixel: an image cannot carry the secret key that serverOnly asks for',
    ],
    [{ dedup: 'none' }, "events.view.dedup: is not a setting of a plan, did you mean 'dedupe'?"],
    [{ colour: 'red' }, 'events.view.colour: is not a setting of a plan'],
    ['view', 'events.view: must be an object'],
  ])('%j', (view, fault) => {
    expect(inEvent(view)).toEqual(fault ? [fault] : [])
  })

  test.each<[unknown, string]>([
    [undefined, 'plan: must be an object'],
    [7, 'plan: must be an object'],
    [{ ...good, name: '' }, 'name: must not be empty'],
    [{ ...good, entities: undefined }, 'entities: must be an object'],
    [{ ...good, event: {} }, "event: is not a setting of a plan, did you mean 'events'?"],
    [
      { ...good, entities: { product: {}, Film: {} } },
      'entities.Film: use lower-case letters, digits and underscores, beginning with a letter',
    ],
    [
      { ...good, events: { 'page-view': {} } },
      'events.page-view: use lower-case letters, digits and underscores, beginning with a letter',
    ],
    ...['client_error', 'session_start', 'session_end'].map((type): [unknown, string] => [
      { ...good, events: { [type]: {} } },
      `events.${type}: client_error, session_start, session_end are reserved: every plan takes them`,
    ]),
    [
      { ...good, entities: { product: { registered: 'later' } } },
      "entities.product.registered: must be true, false or 'checked'",
    ],
    [{ ...good, entities: { product: { metadata: {} } } }, 'entities.product.metadata: must be a Zod schema'],
    [
      { ...good, entities: { product: { register: true } } },
      "entities.product.register: is not a setting of a plan, did you mean 'registered'?",
    ],
  ])('%j', (plan, fault) => {
    expect(faults(plan)).toEqual([fault])
  })

  const view = { eventType: 'view' }
  test.each<[unknown, string]>([
    [
      { Wanted: { steps: [view, view], windowMs: 1 } },
      'funnels.Wanted: use lower-case letters, digits and underscores',
    ],
    [{ wanted: { steps: [view], windowMs: 1 } }, 'funnels.wanted.steps: must be two steps at least'],
    [{ wanted: { steps: Array(11).fill(view), windowMs: 1 } }, 'funnels.wanted.steps: must '],
    [{ wanted: { steps: [view, view], windowMs: 0 } }, 'funnels.wanted.windowMs: must '],
    [{ wanted: { steps: [view, view], windowMs: 1.5 } }, 'funnels.wanted.windowMs: must '],
    [{ wanted: { steps: [view, view] } }, 'funnels.wanted.windowMs: '],
    [{ wanted: { steps: [view, view], windowMs: 367 * 86_400_000 } }, 'funnels.wanted.windowMs: must '],
    [
      { wanted: { steps: [view, view], window: '1d', windowMs: 1 } },
      "funnels.wanted.window: is not a setting of a plan, did you mean 'windowMs'?",
    ],
    [
      { wanted: { steps: [view, { eventType: 'veiw' }], windowMs: 1 } },
      "funnels.wanted.steps.1.eventType: 'veiw' is not one of the plan's events, did you mean 'view'?",
    ],
    [
      { wanted: { steps: [view, { ...view, entityType: 'film' }], windowMs: 1 } },
      "funnels.wanted.steps.1.entityType: 'film' is not one of the plan's entities (product, shelf)",
    ],
    [
      { wanted: { steps: [view, { ...view, entityType: 'shelf' }], windowMs: 1 } },
      "funnels.wanted.steps.1.entityType: 'view' does not act on 'shelf'",
    ],
    [
      { wanted: { steps: [view, { ...view, surface: 'map' }], windowMs: 1 } },
      "funnels.wanted.steps.1.surface: 'map' is not one of its surfaces (list)",
    ],
    [
      Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`f${n}`, { steps: [view, view], windowMs: 1 }])),
      'funnels: must be 8 funnels at most',
    ],
  ])('%j', (funnels, fault) => {
    const entities = { product: {}, shelf: {} }
    const events = { view: { on: ['product'], surfaces: ['list'], defaultSurface: 'list' } }
    const found = faults({ name: 'shop', entities, events, funnels })
    expect(found).toEqual([expect.stringContaining(fault)])
  })

  test('a role that does not exist', () => {
    expect(inEvent({ role: 'watch' })[0]).toMatch(/^events\.view\.role: must be one of "view", "click", /)
  })

  test('all at once', () => {
    expect(faults({ ...good, events: { view: { public: 1, role: 'x' }, Click: {} } })).toHaveLength(3)
    expect(faults({ ...good, events: { view: { on: ['a', 'b'] }, click: { on: ['c'] } } })).toHaveLength(3)
  })
})

test('an open plan may act on entity types that it does not declare', () => {
  expect(faults({ name: 'p', open: true, entities: {}, events: { view: { on: ['film'] } } })).toEqual([])
})

test('no value makes the check throw, and every fault is a sentence with a path', () => {
  const shaped = fc.record(
    {
      name: fc.oneof(fc.constant('p'), fc.anything()),
      open: fc.anything(),
      entities: fc.oneof(fc.constant({ film: {} }), fc.dictionary(fc.string(), fc.anything())),
      events: fc.oneof(
        fc.dictionary(
          fc.oneof(fc.constant('view'), fc.string()),
          fc.record(
            {
              on: fc.anything(),
              props: fc.anything(),
              surfaces: fc.array(fc.anything(), { maxLength: 3 }),
              dedupe: fc.oneof(fc.anything(), fc.record({ window: fc.anything(), by: fc.array(fc.anything()) })),
              role: fc.anything(),
              requires: fc.anything(),
            },
            { requiredKeys: [] },
          ),
          { maxKeys: 3 },
        ),
        fc.anything(),
      ),
      funnels: fc.oneof(
        fc.anything(),
        fc.dictionary(
          fc.constantFrom('wanted', '__proto__', 'toString', 'x'),
          fc.record({
            steps: fc.array(
              fc.record(
                {
                  eventType: fc.constantFrom('view', '__proto__', 'toString'),
                  entityType: fc.string(),
                  surface: fc.anything(),
                },
                { requiredKeys: ['eventType'] },
              ),
            ),
            windowMs: fc.oneof(fc.constant(1000), fc.anything()),
          }),
        ),
      ),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.oneof(shaped, fc.anything({ withMap: true, withDate: true, withNullPrototype: true })), (plan) => {
      for (const { path, message } of checkPlan(plan)) {
        expect(path).not.toBe('')
        expect(message).toMatch(/^\S.* .*\S$/)
      }
    }),
    { numRuns: 300 },
  )
})
