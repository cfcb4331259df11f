import { v7 } from 'uuid'
import { expect, test } from 'vitest'
import { makeBatch, takeBatch } from './batch.ts'
import { type QueuedEvent, toQueued } from './queued-event.ts'
import type { TrackedEvent } from './tracked-event.ts'

const event = (over: Partial<TrackedEvent> = {}, identity: string | null = null): QueuedEvent =>
  toQueued(
    {
      eventType: 'view',
      sessionId: v7(),
      anonymousId: v7(),
      attribution: { landingPage: 'https://a.example/' },
      context: { path: '/', locale: 'en' },
      occurredAt: 1,
      idempotencyKey: v7(),
      ...over,
    },
    identity,
  )

test('says once what all events have in common', () => {
  const batch = makeBatch([event(), event({ context: { path: '/b', locale: 'en' } })], 5, undefined)
  expect(batch).toMatchObject({
    sentAt: 5,
    attribution: { landingPage: 'https://a.example/' },
    context: { locale: 'en' },
  })
  expect(batch.events.map(({ context, attribution }) => ({ context, attribution }))).toEqual([
    { context: { path: '/' }, attribution: undefined },
    { context: { path: '/b' }, attribution: undefined },
  ])
})

test('keeps attributions and contexts apart that differ', () => {
  const batch = makeBatch([event(), event({ attribution: { utmSource: 'x' }, context: {} })], 5, undefined)
  expect(batch.attribution).toBeUndefined()
  expect(batch.context).toEqual({})
  expect(batch.events[1]?.attribution).toEqual({ utmSource: 'x' })
  expect(batch.events[1]).not.toHaveProperty('context')
})

test('filling what the events lack from the batch gives back what was queued', () => {
  const queued = [event(), event({ context: { path: '/b', title: 'B', locale: 'en' } }), event()]
  const { events, attribution, context } = makeBatch(queued, 5, undefined)
  const filled = events.map((each) => ({
    ...each,
    attribution: each.attribution ?? attribution,
    context: { ...context, ...each.context },
  }))
  expect(filled).toEqual(queued.map(({ json }) => JSON.parse(json)))
})

test('a batch holds one identity', () => {
  const waiting = [event({}, 'ann'), event(), event({}, 'ann'), event({}, 'bob')]
  expect(takeBatch(waiting, 50, 1e6)).toEqual([waiting[0], waiting[2]])
})

test('a batch stays under its bounds, but never holds nothing', () => {
  const waiting = [event(), event(), event()]
  expect(takeBatch(waiting, 2, 1e6)).toHaveLength(2)
  expect(takeBatch(waiting, 50, (waiting[0]?.bytes ?? 0) + 1)).toHaveLength(1)
  expect(takeBatch(waiting, 50, 1)).toHaveLength(1)
  expect(takeBatch([], 50, 1)).toEqual([])
})
