import { type Role, roles } from '@tallymark/schemas'
import fc from 'fast-check'
import type { NewEntity, NewEvent } from '../store/store.ts'
import { newEvent } from './events.ts'
import { testCollector } from './test-collector.ts'

// Random histories, and the plain list of what they come to: what a report says must be what counting that list by
// hand says.

const dayMs = 86_400_000

/** When all histories end. */
export const historyNow = Date.UTC(2026, 2, 31, 15, 20)

/** Each role's event type in the general plan has its name; and two that have no role. */
const eventTypes = [...roles, 'experiment_exposure', 'signup'] as const

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

/** Entities of three owners, one of them private, one that was never put, and one of another type. */
const historyEntities: NewEntity[] = [
  { entityId: '1', title: 'One', ownerId: 'ada', publishedAt: historyNow - 3.5 * dayMs, visibility: 'public' as const },
  { entityId: '2', title: '=2+2', ownerId: 'ada', publishedAt: null, visibility: 'public' as const },
  { entityId: '3', title: 'Trois, «é» 🎈', ownerId: 'bob', publishedAt: null, visibility: 'public' as const },
  { entityId: '4', title: 'Hidden', ownerId: 'user-1', publishedAt: null, visibility: 'private' as const },
].map((entity) => ({ entityType: 'project', metadata: null, ...entity }))

const someProps = fc.oneof(
  fc.record({ query: fc.constantFrom('jazz', 'blues', '=cmd', 'naïve "q", x'), resultsCount: fc.nat(2) }),
  fc.record({
    filter: fc.constantFrom('genre', 'price'),
    value: fc.constantFrom<unknown>('jazz', 3, true, null, ['a']),
  }),
  fc.record({ experiment: fc.constantFrom('cta', 'nav'), variant: fc.constantFrom('a', 'b') }),
)

/** Most events are of the last days; some are up to forty old, or nearly that; and some lie on the edges of days. */
const someInstant = fc.oneof(
  fc.integer({ min: historyNow - 2 * dayMs, max: historyNow }),
  fc.integer({ min: historyNow - 40 * dayMs, max: historyNow }),
  fc.integer({ min: historyNow - 40 * dayMs, max: historyNow - 33 * dayMs }),
  fc.integer({ min: 0, max: 39 }).map((days) => Math.floor(historyNow / dayMs) * dayMs - days * dayMs),
)

/** An event of a history. */
export const someHistoryEvent: fc.Arbitrary<NewEvent> = fc
  .record({
    eventType: fc.constantFrom(...eventTypes, 'view', 'view', 'impression'),
    entity: fc.constantFrom(
      ['project', '1'],
      ['project', '2'],
      ['project', '3'],
      ['project', '4'],
      ['song', '1'],
      null,
    ),
    anonymousId: fc.constantFrom(uuid(1), uuid(2), uuid(3), null),
    sessionId: fc.constantFrom(uuid(11), uuid(12), uuid(13), uuid(14), null),
    dayViewer: fc.constantFrom('00000000000000aa', null, null),
    actor: fc.constantFrom(
      { id: 'user-1', type: null, traits: '{"email":"one@example.com"}' },
      { id: 'user-2', type: 'admin', traits: null },
      null,
      null,
    ),
    bot: fc.constantFrom('user_agent', null, null, null, null, null),
    surface: fc.constantFrom('explore', 'search', null),
    position: fc.constantFrom(0, 1, 7, null),
    durationMs: fc.constantFrom(null, 1000, 0.5, 61_000),
    completed: fc.constantFrom(true, false, null),
    source: fc.constantFrom('web', 'mobile'),
    channel: fc.constantFrom('direct', 'email', null),
    campaign: fc.constantFrom(
      '{"utmSource":"news","utmMedium":"email","utmCampaign":"spring"}',
      '{"utmSource":"ad"}',
      null,
    ),
    agent: fc.constantFrom('{"browser":"Firefox","os":"Linux","device":"desktop"}', '{"device":"mobile"}', null),
    country: fc.constantFrom('DE', 'FR', null),
    occurredAt: someInstant,
    props: fc.option(someProps, { freq: 2 }),
  })
  .map(({ entity, props, ...fields }) =>
    newEvent({
      ...fields,
      entityType: entity?.[0] ?? null,
      entityId: entity?.[1] ?? null,
      props: props && JSON.stringify(props),
      receivedAt: historyNow,
    }),
  )

/** What happens to a store besides taking events in: reports must not notice. */
export const someHistory = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.array(someHistoryEvent, { maxLength: 25 }).map((events) => ({ do: 'append' as const, events })),
    },
    { weight: 2, arbitrary: fc.constant({ do: 'fold' as const }) },
    { weight: 2, arbitrary: fc.constant({ do: 'summarise' as const }) },
    { weight: 1, arbitrary: fc.constant({ do: 'repeat' as const }) },
    { weight: 1, arbitrary: fc.constantFrom('user-1', uuid(2)).map((who) => ({ do: 'erase' as const, who })) },
  ),
  { minLength: 1, maxLength: 8 },
)
export type History = typeof someHistory extends fc.Arbitrary<infer Steps> ? Steps : never

/** Plays a history to a collector; returns it with the plain list of the events that it has stored and not erased. */
export async function play(history: History, options: Parameters<typeof testCollector>[0] = {}) {
  const collector = await testCollector({ now: () => historyNow, ...options })
  await collector.store.putEntities(historyEntities)
  let events: NewEvent[] = []
  for (const step of history) {
    if (step.do === 'append') {
      const outcomes = await collector.store.append(step.events)
      events.push(...step.events.filter((_, n) => outcomes[n] === 'stored'))
    } else if (step.do === 'repeat') await collector.store.append(events)
    else if (step.do === 'fold') await collector.store.flush()
    else if (step.do === 'summarise') await collector.store.summarise({ events: 1, share: 0.2 })
    else {
      const person = step.who.startsWith('user') ? { userId: step.who } : { anonymousId: step.who }
      await collector.store.erase(person)
      events = events.filter((event) => !belongsTo(event, step.who)).map((event) => unlinked(event, step.who))
    }
  }
  return { collector, events: events.filter(({ bot }) => bot === null) }
}

const belongsTo = (event: NewEvent, who: string) =>
  who.startsWith('user') ? event.actor?.id === who : event.actor === null && event.anonymousId === who

const unlinked = (event: NewEvent, who: string) => (event.anonymousId === who ? { ...event, anonymousId: null } : event)

/** Who stands behind an event: the actor, else the device, else who it was for the day, else the session. */
export const viewerOf = ({ actor, anonymousId, dayViewer, sessionId }: NewEvent): string | null =>
  (actor && `actor ${actor.id}`) ??
  (anonymousId && `device ${anonymousId}`) ??
  (dayViewer && `day ${dayViewer}`) ??
  (sessionId && `session ${sessionId}`)

export const isBetween = ({ occurredAt }: NewEvent, from: number, to: number) => occurredAt >= from && occurredAt < to

export const distinct = (values: Iterable<string | null>) => new Set([...values].filter((value) => value !== null)).size

export const sum = (values: Iterable<number | null>) =>
  [...values].reduce((total: number, value) => total + (value ?? 0), 0)

/** Counts a list of events by hand. */
export function byHand(events: readonly NewEvent[]) {
  const of = (role: Role) => events.filter(({ eventType }) => eventType === role)
  const views = of('view')
  const timed = [...views, ...of('complete'), ...of('skip')]
  return {
    views: views.length,
    uniqueViewers: distinct(views.map(viewerOf)),
    clicks: of('click').length,
    likes: of('like').length,
    unlikes: of('unlike').length,
    saves: of('save').length,
    shares: of('share').length,
    skips: of('skip').length,
    outboundClicks: of('outbound').length,
    calendarAdds: of('calendar').length,
    completions: of('complete').length + views.filter(({ completed }) => completed).length,
    watchTimeMs: sum(timed.map(({ durationMs }) => durationMs)),
  }
}

/** The entities that a list of events is about, each with its events and what they come to. */
export function byEntity(events: readonly NewEvent[]) {
  const groups = Map.groupBy(
    events.filter(({ entityId }) => entityId !== null),
    ({ entityType, entityId }) => `${entityType} ${entityId}`,
  )
  return [...groups].map(([key, theirs]) => {
    const [entityType = '', entityId = ''] = key.split(' ')
    const entity = historyEntities.find((each) => each.entityType === entityType && each.entityId === entityId)
    const counted = byHand(theirs)
    return {
      ...{ entityType, entityId, title: entity?.title ?? null, entity, events: theirs, ...counted },
      completionRate: counted.views && Math.min(100, (100 * counted.completions) / counted.views),
      engagementScore: scoreByHand(counted),
    }
  })
}

function scoreByHand({ views, completions, saves, shares, clicks, skips }: ReturnType<typeof byHand>): number {
  const score = (40 * completions + 30 * saves + 20 * shares + 10 * clicks - 20 * skips) / views
  return views && Math.min(100, Math.max(0, score))
}

/** The largest value first, then the most views, then by id and by type. */
export function ranked<Entity extends { value: number; views: number; entityId: string; entityType: string }>(
  entities: readonly Entity[],
): Entity[] {
  const text = ({ entityId, entityType }: Entity) => `${entityId} ${entityType}`
  return entities.toSorted((a, b) => b.value - a.value || b.views - a.views || (text(a) < text(b) ? -1 : 1))
}

export const historyOwners: Readonly<Record<string, string>> = { '1': 'ada', '2': 'ada', '3': 'bob', '4': 'user-1' }

export const ownerOf = ({ entityType, entityId }: NewEvent) =>
  entityType === 'project' ? historyOwners[entityId ?? ''] : undefined

/** The sessions of a list of events: of each its events. */
export const sessionsOf = (events: readonly NewEvent[]): NewEvent[][] => [
  ...Map.groupBy(
    events.filter(({ sessionId }) => sessionId !== null),
    ({ sessionId }) => sessionId,
  ).values(),
]

export const spanOf = (session: readonly NewEvent[]) => {
  const instants = session.map(({ occurredAt }) => occurredAt)
  return { startedAt: Math.min(...instants), endedAt: Math.max(...instants) }
}

export const interactionsOf = (session: readonly NewEvent[]) =>
  session.filter(({ eventType }) => !['impression', 'session_start', 'session_end'].includes(eventType)).length
