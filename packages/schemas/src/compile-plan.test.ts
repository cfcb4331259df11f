import { expect, test } from 'vitest'
import { compilePlan, PlanError } from './compile-plan.ts'
import { generalPlan } from './general-plan.ts'
import { definePlan } from './plan.ts'

const plan = definePlan({
  name: 'shop',
  entities: { product: { registered: true }, shelf: { registered: 'checked' } },
  events: {
    view: { on: ['product'], role: 'view', public: true, dedupe: { window: '5m', by: ['entity', 'viewer'] } },
    click: { on: 'any', dedupe: 'none' },
    save: { on: ['product'], public: true },
  },
})

test('definePlan gives back what it was given', () => {
  const declared = { name: 'p', entities: {}, events: {} } as const
  expect(definePlan(declared)).toBe(declared)
})

test('a dedupe rule is ready for use, in milliseconds', () => {
  const compiled = compilePlan(plan)
  expect(compiled.event('view')?.dedupe).toEqual({ windowMs: 300_000, by: ['entity', 'viewer'] })
  expect(compiled.event('click')?.dedupe).toBe('none')
  expect(compiled.event('save')?.dedupe).toBeUndefined()
})

test('an event type knows its own name and keeps its settings', () => {
  expect(compilePlan(plan).event('view')).toMatchObject({ type: 'view', on: ['product'], role: 'view', public: true })
})

test('declared types and public ones are listed', () => {
  const compiled = compilePlan(plan)
  expect(compiled.eventTypes).toEqual(['view', 'click', 'save'])
  expect(compiled.entityTypes).toEqual(['product', 'shelf'])
  expect(compiled.publicEvents).toEqual(['view', 'save'])
  expect(compiled.entity('product')?.registered).toBe(true)
  expect(compiled.checkedEntities).toEqual(['shelf'])
})

test('funnels are known by their names, and there are none unless they are declared', () => {
  const wanted = { steps: [{ eventType: 'view' }, { eventType: 'save' }], windowMs: 1000 }
  expect([...compilePlan({ ...plan, funnels: { wanted } }).funnels]).toEqual([['wanted', wanted]])
  expect(compilePlan(plan).funnels.size).toBe(0)
})

test('a closed plan knows nothing else', () => {
  const compiled = compilePlan(plan)
  expect(compiled.open).toBe(false)
  for (const name of ['purchase', 'constructor', '__proto__', '']) {
    expect(compiled.event(name)).toBeUndefined()
    expect(compiled.entity(name)).toBeUndefined()
  }
})

test('an open plan takes any type as one without rules', () => {
  const compiled = compilePlan({ ...plan, open: true })
  expect(compiled.event('purchase')).toEqual({ type: 'purchase', dedupe: undefined })
  expect(compiled.entity('film')).toEqual({})
  expect(compiled.event('view')?.role).toBe('view')
})

test('a plan with faults is not compiled, and the error has them all', () => {
  const broken = { ...plan, events: { view: { on: ['film'] }, click: { on: ['room'] } } }
  expect(() => compilePlan(broken)).toThrow(PlanError)
  expect(() => compilePlan(broken)).toThrow(/events\.view\.on\.0: .*\nevents\.click\.on\.0: /)
})

test('the general plan is open, and counts a view once in five minutes and every click', () => {
  const general = compilePlan(generalPlan)
  expect(general.open).toBe(true)
  expect(general.event('view')).toMatchObject({ role: 'view', dedupe: { windowMs: 300_000, by: ['entity', 'viewer'] } })
  expect(general.event('click')?.dedupe).toBe('none')
})

test('in the general plan each role is the event type of its name', () => {
  const general = compilePlan(generalPlan)
  for (const type of general.eventTypes) {
    const role = general.event(type)?.role
    if (role) expect(role).toBe(type)
  }
  const roles = general.eventTypes.filter((type) => general.event(type)?.role)
  expect(roles.toSorted()).toEqual(
    'view click like unlike save share complete skip impression outbound calendar page_view search filter'
      .split(' ')
      .toSorted(),
  )
})
