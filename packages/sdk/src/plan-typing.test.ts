import { definePlan, type EventInput, type PlanSchema } from '@tallymark/schemas'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { createTracker, init, type TrackedEvent, type Tracker } from './index.ts'

const plan = definePlan({
  name: 'shop',
  entities: { project: {}, event: { metadata: z.object({ city: z.string() }) } },
  events: {
    view: { on: ['project'], surfaces: ['explore', 'home'], defaultSurface: 'home' },
    click: { on: ['project', 'event'], surfaces: ['explore', 'home'] },
    rate: { on: ['project'], props: z.object({ stars: z.int() }) },
    search: { props: z.object({ query: z.string(), resultsCount: z.int().optional() }) },
    ping: {},
  },
})
const listless = definePlan({ name: 'listless', entities: {}, events: { search: {} } })

// Never called: what it says is checked by the compiler.
export function compiles(tracker: Tracker<typeof plan>, open: Tracker, bare: Tracker<typeof listless>): void {
  const project = { type: 'project', id: 1 } as const
  tracker.track('ping')
  tracker.track('rate', { entity: project, props: { stars: 3 } })
  tracker.track('search', { props: { query: 'x' } })
  tracker.track('click', { entity: { type: 'event', id: 'e' }, surface: 'home', position: 1 })
  tracker.trackView(project)
  tracker.trackView(project, { surface: 'explore', completed: true, durationMs: 5 })
  tracker.trackClick(project, { surface: 'home', occurredAt: new Date() })

  // @ts-expect-error the plan has no such event type
  tracker.track('rat', { entity: project, props: { stars: 3 } })
  // @ts-expect-error it acts on projects
  tracker.track('rate', { entity: { type: 'event', id: 1 }, props: { stars: 3 } })
  // @ts-expect-error it needs an entity
  tracker.track('rate', { props: { stars: 3 } })
  // @ts-expect-error it needs a prop
  tracker.track('rate', { entity: project, props: {} })
  // @ts-expect-error it needs props
  tracker.track('rate', { entity: project })
  // @ts-expect-error the prop is a number
  tracker.track('rate', { entity: project, props: { stars: 'three' } })
  // @ts-expect-error there is no such prop
  tracker.track('search', { props: { query: 'x', querry: 'y' } })
  // @ts-expect-error there is no such surface
  tracker.track('click', { entity: project, surface: 'hme' })
  // @ts-expect-error the surface has no default
  tracker.track('click', { entity: project })
  // @ts-expect-error it needs options
  tracker.track('search')
  // @ts-expect-error there is no such option
  tracker.track('ping', { postion: 3 })
  // @ts-expect-error events cannot be viewed
  tracker.trackView({ type: 'event', id: 1 })
  // @ts-expect-error a view needs its entity
  tracker.trackView()
  // @ts-expect-error the surface of a click has no default
  tracker.trackClick(project)
  // @ts-expect-error the plan has no views
  bare.trackView({ type: 'project', id: 1 })
  // @ts-expect-error the plan has no clicks
  bare.trackClick({ type: 'project', id: 1 })

  // Without a plan everything goes that has the right form.
  open.track('anything')
  open.track('anything', { entity: { type: 'any', id: 1 }, surface: 'x', props: { a: [1] } })
  open.trackView({ type: 'any', id: 'x' }, { surface: 'anywhere' })
  // @ts-expect-error a position is a number
  open.track('anything', { position: 'first' })
  // @ts-expect-error an entity has an id
  open.trackView({ type: 'any' })

  const options = { endpoint: 'https://c.example', writeKey: 'k' }
  expectTypeOf(createTracker<typeof plan>(options)).toEqualTypeOf<Tracker<typeof plan>>()
  init<typeof plan>({ ...options, debounce: { rate: true, search: 300 } })
  // @ts-expect-error the plan has no such event type
  init<typeof plan>({ ...options, debounce: { rating: true } })
  init({ ...options, debounce: { anything: true } })
  // @ts-expect-error there is no such option
  init({ ...options, flushInterval: 3 })
}

test('what the SDK sends is what the wire takes', () => {
  expectTypeOf<TrackedEvent>().toExtend<EventInput>()
  expectTypeOf(plan.entities.event.metadata).toExtend<PlanSchema>()
})
