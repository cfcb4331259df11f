import { beforeEach, describe, expect, test, vi } from 'vitest'
import { openTracker } from './testing/open.ts'
import { accept, createWorld, unreachable, type World } from './testing/world.ts'

const said = vi.spyOn(console, 'error').mockImplementation(() => {})
beforeEach(() => said.mockClear())

const events = (world: World) => world.sent.flatMap((batch) => batch.events)

describe('beforeSend', () => {
  test('changes an event, but neither its id, nor the session, nor the data of the page', async () => {
    const world = createWorld()
    const props = { email: 'ann@example.com' }
    const tracker = openTracker(world, {
      beforeSend(event) {
        if (event.props) event.props.email = 'hidden'
        delete event.attribution.referrer
        return { ...event, idempotencyKey: 'mine', surface: 'changed' }
      },
    })
    tracker.track('save', { props })
    await tracker.flush()
    expect(events(world)[0]).toMatchObject({ surface: 'changed', props: { email: 'hidden' } })
    expect(events(world)[0]?.idempotencyKey).toMatch(/^[\da-f-]{36}$/)
    expect(world.sent[0]?.attribution).not.toHaveProperty('referrer')
    expect(tracker.session?.attribution).toHaveProperty('referrer')
    expect(props.email).toBe('ann@example.com')
  })

  test('drops an event by returning null, with a name and a count, and without a complaint', async () => {
    const world = createWorld()
    const onDrop = vi.fn()
    const tracker = openTracker(world, { beforeSend: (event) => (event.eventType === 'ping' ? null : event), onDrop })
    tracker.track('ping')
    tracker.track('save')
    await tracker.flush()
    expect(events(world).map(({ eventType }) => eventType)).toEqual(['save'])
    expect(tracker.drops).toEqual({ before_send: 1 })
    expect(onDrop).toHaveBeenCalledWith(
      expect.objectContaining({ eventType: 'ping' }),
      'before_send',
      expect.any(String),
    )
    expect(said).not.toHaveBeenCalled()
  })

  test('that throws keeps the event as it was, and is told of once', async () => {
    const world = createWorld()
    const tracker = openTracker(world, {
      beforeSend(event) {
        event.eventType = 'spoiled'
        throw new Error('mine')
      },
    })
    tracker.track('save')
    tracker.track('save')
    await tracker.flush()
    expect(events(world).map(({ eventType }) => eventType)).toEqual(['save', 'save'])
    expect(said).toHaveBeenCalledOnce()
  })
})

describe('what a page can know of the delivery', () => {
  test('counts of what was queued, sent and known before, and the result of each attempt', async () => {
    const world = createWorld()
    const onFlush = vi.fn()
    world.answer = (batch) => {
      const answer = accept(batch)
      const ack = JSON.parse(answer.body)
      ack.results[0].data = { eventId: null, tracked: false, reason: 'duplicate' }
      return { ...answer, body: JSON.stringify(ack) }
    }
    const tracker = openTracker(world, { onFlush })
    tracker.track('save')
    tracker.track('share')
    await tracker.flush()
    expect(tracker.counts).toEqual({ queued: 2, sent: 2, duplicates: 1 })
    expect(onFlush.mock.calls[0]?.[0]).toEqual({ status: 200, acknowledged: 2, duplicates: 1, dropped: 0 })
    world.answer = unreachable
    tracker.track('save')
    await tracker.flush()
    expect(onFlush.mock.lastCall?.[0]).toEqual({ status: 0, acknowledged: 0, duplicates: 0, dropped: 0 })
    expect(tracker.counts).toEqual({ queued: 3, sent: 2, duplicates: 1 })
  })

  test('an onFlush that throws disturbs nothing', async () => {
    const world = createWorld()
    const tracker = openTracker(world, {
      onFlush() {
        throw new Error('mine')
      },
    })
    tracker.track('save')
    await tracker.flush()
    expect(tracker.counts.sent).toBe(1)
  })
})
