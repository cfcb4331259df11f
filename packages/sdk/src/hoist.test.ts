import { v7 } from 'uuid'
import { expect, test } from 'vitest'
import { hoistedBatch } from './hoist.ts'
import { type QueuedEvent, toQueued } from './queued-event.ts'
import type { TrackedEvent } from './tracked-event.ts'

const event = (over: Partial<TrackedEvent> = {}): QueuedEvent =>
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
    null,
  )

test('says once what all events have in common', () => {
  const batch = hoistedBatch([event(), event()], 5, undefined)
  expect(batch).toMatchObject({
    sentAt: 5,
    attribution: { landingPage: 'https://a.example/' },
    context: { path: '/', locale: 'en' },
  })
  for (const hoisted of batch.events) {
    expect(hoisted).not.toHaveProperty('context')
    expect(hoisted).not.toHaveProperty('attribution')
  }
})

test('keeps attributions and contexts apart that differ', () => {
  const batch = hoistedBatch([event(), event({ attribution: { utmSource: 'x' }, context: {} })], 5, undefined)
  expect([batch.attribution, batch.context]).toEqual([undefined, undefined])
  expect(batch.events.map((each) => [each.attribution, each.context])).toEqual([
    [{ landingPage: 'https://a.example/' }, { path: '/', locale: 'en' }],
    [{ utmSource: 'x' }, {}],
  ])
})

test('filling what the events lack from the batch gives back what was queued', () => {
  const queued = [event(), event({ context: { path: '/b', title: 'B', locale: 'en' } }), event()]
  const { events, attribution, context } = hoistedBatch(queued, 5, undefined)
  const filled = events.map((each) => ({
    ...each,
    attribution: each.attribution ?? attribution,
    context: { ...context, ...each.context },
  }))
  expect(filled).toEqual(queued.map(({ json }) => JSON.parse(json)))
})
