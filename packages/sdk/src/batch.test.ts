import { v7 } from 'uuid'
import { expect, test } from 'vitest'
import { plainBody, takeBatch } from './batch.ts'
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

test('a plain body says of each event what was queued', () => {
  const queued = [event(), event({ props: { text: 'it’s "quoted"' } })]
  expect(JSON.parse(plainBody(queued, 5, undefined))).toEqual({
    sentAt: 5,
    events: queued.map(({ json }) => JSON.parse(json)),
  })
  expect(JSON.parse(plainBody(queued, 5, 'a.b.c')).userToken).toBe('a.b.c')
})
