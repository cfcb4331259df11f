import { definePlan, generalPlan } from '@tallymark/schemas'
import type { NewEntity, NewEvent } from '../store/store.ts'
import { newEvent } from './events.ts'
import { testCollector } from './test-collector.ts'

// A history so small that every report about it can be counted by hand. docs/reports.md shows its answers.

/** When it is asked: a Wednesday. */
export const goldenNow = Date.UTC(2026, 2, 11, 12)

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

/** The id of a session by its number in the list. */
export const goldenSession = (n: number) => uuid(100 + n)

/** Three devices, and a user who is signed in. */
const ann = { anonymousId: uuid(1) }
const ben = { anonymousId: uuid(2) }
const cat = { anonymousId: uuid(3) }
const dora = { actor: { id: 'dora', type: null, traits: '{"email":"dora@example.com"}' }, source: 'mobile' } as const

/** Alpha and Beta are Ada's, Gamma is Bob's. */
const films: NewEntity[] = [
  { entityId: '1', title: 'Alpha', ownerId: 'ada', publishedAt: Date.UTC(2026, 2, 1, 12) },
  { entityId: '2', title: 'Beta', ownerId: 'ada', publishedAt: Date.UTC(2026, 2, 1, 12) },
  { entityId: '3', title: 'Gamma', ownerId: 'bob', publishedAt: Date.UTC(2026, 2, 6, 12) },
].map((film) => ({ entityType: 'film', visibility: 'public', metadata: null, ...film }))

const newsletter = {
  channel: 'email',
  campaign: '{"utmSource":"news","utmMedium":"email","utmCampaign":"spring"}',
}
const bySearch = { channel: 'organic_search' }
const direct = { channel: 'direct' }
const completed = { completed: true }
const at = (surface: string, position: number) => ({ surface, position })
const lasting = (seconds: number) => ({ durationMs: seconds * 1000 })
const saying = (props: object) => ({ props: JSON.stringify(props) })

type Line = [time: string, who: Partial<NewEvent>, session: number | null, type: string, film: string, rest?: object]

// biome-ignore format: a table, one event a line
const lines: Line[] = [
  // Monday
  ['09T09:00:00', ann, 1, 'page_view', '', newsletter],
  ['09T09:00:10', ann, 1, 'impression', '1', at('home', 0)],
  ['09T09:00:10', ann, 1, 'impression', '2', at('home', 1)],
  ['09T09:00:20', ann, 1, 'experiment_exposure', '', saying({ experiment: 'poster', variant: 'control' })],
  ['09T09:01:00', ann, 1, 'click', '1', at('home', 0)],
  ['09T09:01:05', ann, 1, 'view', '1', { ...lasting(60), ...completed }],
  ['09T09:06:00', ann, 1, 'save', '1'],
  ['09T10:00:00', ben, 2, 'search', '', { ...saying({ query: 'jazz', resultsCount: 3 }), ...bySearch }],
  ['09T10:00:05', ben, 2, 'experiment_exposure', '', saying({ experiment: 'poster', variant: 'large' })],
  ['09T10:00:10', ben, 2, 'impression', '1', at('search', 0)],
  ['09T10:02:00', ben, 2, 'view', '1', lasting(30)],
  // Tuesday
  ['10T08:00:00', ann, 3, 'view', '2', { ...lasting(10), ...direct }],
  ['10T08:00:30', ann, 3, 'skip', '2', lasting(5)],
  ['10T14:00:00', cat, 4, 'view', '2', { ...lasting(20), ...direct }],
  ['10T15:00:00', dora, 5, 'experiment_exposure', '', { ...saying({ experiment: 'poster', variant: 'large' }), ...newsletter }],
  ['10T15:01:00', dora, 5, 'view', '1', { ...lasting(90), ...completed }],
  ['10T15:02:00', dora, 5, 'like', '1'],
  ['10T15:03:00', dora, 5, 'save', '1'],
  ['10T15:20:00', dora, 5, 'share', '2'],
  // Wednesday
  ['11T10:00:00', ben, 6, 'search', '', saying({ query: 'jaz', resultsCount: 0 })],
  ['11T10:00:20', ben, 6, 'search', '', saying({ query: 'jazz', resultsCount: 3 })],
  ['11T10:00:40', ben, 6, 'filter', '', saying({ filter: 'genre', value: 'jazz' })],
  ['11T10:01:00', ben, 6, 'view', '2', lasting(40)],
  ['11T10:02:00', ben, 6, 'view', '3'],
  ['11T10:03:00', ben, 6, 'outbound', '3'],
  ['11T10:04:00', ben, 6, 'calendar', '3'],
  ['11T11:00:00', cat, null, 'view', '3'],
  ['11T11:00:00', { ...cat, bot: 'user_agent' }, null, 'view', '3'],
]

const toEvent = ([time, who, session, eventType, film, rest]: Line): NewEvent =>
  newEvent({
    receivedAt: Date.parse(`2026-03-${time}Z`),
    eventType,
    entityType: film ? 'film' : null,
    entityId: film || null,
    sessionId: session === null ? null : goldenSession(session),
    ...who,
    ...rest,
  })

/** A collector to which all this has happened. */
const steps = [{ eventType: 'view' }, { eventType: 'save' }, { eventType: 'share' }] as const
const plan = definePlan({ ...generalPlan, funnels: { shared: { steps, windowMs: 3_600_000 } } })

export async function goldenCollector(options: Parameters<typeof testCollector>[0] = {}) {
  const collector = await testCollector({ plan, now: () => goldenNow, ...options })
  await collector.store.putEntities(films)
  await collector.store.append(lines.map(toEvent))
  return collector
}
