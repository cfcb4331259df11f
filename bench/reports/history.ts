/**
 * Ninety days of the site as the collector would have stored them: visits of some seven events, in the order in which
 * they were received. The same in every run for the same number of events.
 */
import type { NewEvent } from '@tallymark/collector'
import { Random, scatter, weighted } from './random.ts'
import {
  dayMs,
  hex,
  historyBegin,
  historyDays,
  now,
  pickArrival,
  pickEntity,
  pickSearch,
  type SiteEntity,
  uuid,
  visitorAt,
} from './site.ts'

/** To be raised with every change of what is generated: databases that were built before are built anew. */
export const historyVersion = 1

const eventsPerVisitor = 20
/** How awake people are, by the hours of their day. */
const pickHour = weighted([3, 2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 11, 10, 9, 9, 10, 11, 13, 15, 16, 14, 10, 6])

/** The events of one day after another, each day's in the order of their receipt. */
export function* history(events: number): Generator<NewEvent[]> {
  const random = new Random(events)
  const received = Array.from({ length: historyDays }, (): NewEvent[] => [])
  for (const [day, quota] of quotas(events).entries()) {
    let made = 0
    while (made < quota) {
      const visit = makeVisit(random, day, Math.ceil(events / eventsPerVisitor)).slice(0, quota - made)
      made += visit.length
      for (const event of visit) received[Math.floor((event.receivedAt - historyBegin) / dayMs)]?.push(event)
    }
    const today = received[day] ?? []
    received[day] = []
    yield today.sort((a, b) => a.receivedAt - b.receivedAt)
  }
}

/** Weekends are quieter, and the site grows. */
function quotas(events: number): number[] {
  const weights = Array.from({ length: historyDays }, (_, day) => {
    const weekday = new Date(historyBegin + day * dayMs).getUTCDay()
    return (weekday % 6 === 0 ? 0.8 : 1) * (1 + (0.3 * day) / historyDays)
  })
  const sum = weights.reduce((total, weight) => total + weight, 0)
  let given = 0
  let due = 0
  return weights.map((weight) => {
    due += (weight / sum) * events
    const quota = Math.round(due) - given
    given += quota
    return quota
  })
}

/** What all events of a visit have in common. */
type Visit = Omit<NewEvent, 'id' | 'eventType' | 'occurredAt' | 'receivedAt'>

function makeVisit(random: Random, day: number, visitors: number): NewEvent[] {
  // Some come often, most seldom.
  const visitor = visitorAt(Math.floor(visitors * random.fraction() ** 1.4))
  const hour = pickHour(random) - visitor.utcHours + random.fraction()
  let at = Math.floor(historyBegin + (day + ((hour + 24) % 24) / 24) * dayMs)
  const lateMs = random.chance(0.02) ? Math.floor(3_600_000 * 480 ** random.fraction()) : 0
  const first = pickEntity(random, at)
  const { channel, campaign, arrival } = pickArrival(random, random.chance(0.6) ? pathOf(first) : '/')
  const common: Visit = {
    trust: 'public',
    entityType: null,
    entityId: null,
    registered: false,
    actor: visitor.actor,
    anonymousId: visitor.anonymousId,
    sessionId: uuid(random, '7', at),
    dayViewer: visitor.anonymousId === null ? nameForDay(visitor.number, day) : null,
    clientKey: null,
    source: visitor.source,
    surface: null,
    position: null,
    durationMs: null,
    completed: null,
    props: null,
    campaign,
    arrival,
    device: visitor.device,
    page: pageAt('/', 'Explore'),
    channel,
    agent: visitor.agent,
    country: visitor.country,
    region: visitor.region,
    bot: random.chance(0.01) ? 'user_agent' : null,
    dedupe: null,
    expired: false,
  }
  const events: NewEvent[] = []
  const seen = new Set<SiteEntity>()

  function add(eventType: string, waitMs: number, said: Partial<NewEvent> = {}): void {
    at += 1 + Math.ceil(random.wait(waitMs))
    const soon = at + 200 + random.below(5000)
    const receivedAt = soon + lateMs < now ? soon + lateMs : Math.min(soon, now - 1)
    if (at >= now) return
    // Who is refused by the window of views is not in a log. Each key is used once: it is there for its bytes.
    const dedupe =
      eventType === 'view' ? { key: `${hex(random.bits(), 8)}${hex(random.bits(), 8)}`, windowMs: 1 } : null
    events.push({ ...common, ...said, id: uuid(random, '7', at), eventType, occurredAt: at, receivedAt, dedupe })
  }

  function view(entity: SiteEntity, surface: string): void {
    if (seen.has(entity)) return
    seen.add(entity)
    const { entityType, entityId } = entity
    const on = { entityType, entityId, surface, page: pageAt(pathOf(entity), entity.title) }
    const durationMs = Math.round(random.wait(40_000))
    add('view', 3000, { ...on, durationMs, ...(entityType === 'video' && { completed: random.chance(0.3) }) })
    if (random.chance(0.1)) add('like', 8000, on)
    if (random.chance(0.015)) add('unlike', 15_000, on)
    if (random.chance(0.09)) add('save', 8000, on)
    if (random.chance(0.045)) add('share', 8000, on)
    if (random.chance(0.09)) add('complete', 30_000, { ...on, durationMs: Math.round(random.wait(20_000)) })
    else if (random.chance(0.08)) add('skip', 4000, { ...on, durationMs: Math.round(random.wait(2000)) })
    if (random.chance(0.05)) add('outbound', 10_000, on)
    if (random.chance(0.035)) add('calendar', 6000, on)
  }

  /** A list is seen from the top; the further down, the less is clicked. */
  function browse(surface: string, length: number): void {
    const page = pageAt(`/${surface.replace('explore_', '')}`, 'Explore')
    for (let position = 0; position < length; position++) {
      const entity = pickEntity(random, at)
      const { entityType, entityId } = entity
      const on = { entityType, entityId, surface, position, page }
      add('impression', 1500, on)
      if (!random.chance((clickRates[surface] ?? 0.1) / (1 + position / 4))) continue
      add('click', 2500, on)
      view(entity, surface)
    }
  }

  add('page_view', 1)
  if (random.chance(0.15)) add('experiment_exposure', 20, { props: exposure(visitor.variant) })
  if (random.chance(0.6)) view(first, pickOne(random, ['profile', 'related', 'embed', 'direct']))
  while (random.chance(0.58)) {
    const kind = random.fraction()
    if (kind < 0.42)
      browse(pickOne(random, ['explore_trending', 'explore_new', 'explore_for_you']), 1 + random.below(6))
    else if (kind < 0.58) {
      const search = pickSearch(random)
      add('search', 9000, { surface: 'search', props: JSON.stringify(search) })
      browse('search', Math.min(search.resultsCount, random.below(4)))
    } else if (kind < 0.64) add('filter', 6000, { surface: 'search', props: pickOne(random, filters) })
    else if (kind < 0.8) add('page_view', 20_000, { page: pageAt(pickOne(random, paths), 'Example') })
    else view(pickEntity(random, at), pickOne(random, ['profile', 'related']))
  }
  return events
}

const nameForDay = (visitor: number, day: number) =>
  hex(scatter(visitor, 100 + day), 8) + hex(scatter(visitor, 200 + day), 8)

const clickRates: Record<string, number> = {
  explore_for_you: 0.4,
  search: 0.35,
  explore_trending: 0.28,
  explore_new: 0.16,
}

const paths = ['/', '/about', '/pricing', '/settings', '/projects', '/videos', '/articles']
const filters = [
  '{"filter":"genre","value":"jazz"}',
  '{"filter":"genre","value":"folk"}',
  '{"filter":"price","value":"free"}',
]
const exposure = (variant: string) => `{"experiment":"ranking-2","variant":"${variant}"}`

const pathOf = ({ entityType, entityId }: SiteEntity) => `/${entityType}s/${entityId}`
const pageAt = (path: string, title: string) => JSON.stringify({ path, title })

function pickOne(random: Random, list: readonly string[]): string {
  return list[random.below(list.length)] ?? ''
}
