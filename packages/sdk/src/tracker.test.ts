import * as limits from '@tallymark/schemas/limits'
import { beforeEach, expect, test, vi } from 'vitest'
import { assembleCore } from './core.ts'
import { readOptions, type TrackerOptions } from './options.ts'
import { accept, acceptBut, createWorld, refuse, unreachable, userToken, type World } from './testing/world.ts'
import { createTrackerOf } from './tracker.ts'

const said = vi.spyOn(console, 'error').mockImplementation(() => {})
beforeEach(() => said.mockClear())

function open(world: World, over: Partial<TrackerOptions> = {}) {
  const options = { endpoint: 'https://collect.example.com', writeKey: 'tm_pub_1', ...over }
  const settings = readOptions(options, 'https://shop.example/', () => {
    throw new Error('the options are wrong')
  })
  if (!settings) throw new Error('the options are wrong')
  return createTrackerOf(assembleCore(settings, world.edges))
}

const project = { type: 'project', id: 42 }
const types = (world: World) => world.sent.map((batch) => batch.events.map((event) => event.eventType))

test('an event carries who, where, when and an id of its own', async () => {
  const world = createWorld()
  const tracker = open(world)
  tracker.trackView(project, { surface: 'explore', position: 3, durationMs: 1_200, completed: true, props: { a: 1 } })
  await tracker.flush()
  const [batch] = world.sent
  expect(batch).toMatchObject({
    sentAt: world.nowMs(),
    attribution: {
      utmSource: 'newsletter',
      landingPage: 'https://shop.example/projects?utm_source=newsletter',
      referrer: 'https://search.example/',
    },
    context: { path: '/projects', locale: 'en' },
  })
  expect(batch?.events).toEqual([
    {
      eventType: 'view',
      entityType: 'project',
      entityId: 42,
      surface: 'explore',
      position: 3,
      durationMs: 1_200,
      completed: true,
      props: { a: 1 },
      sessionId: expect.stringMatching(/-7/),
      anonymousId: expect.any(String),
      occurredAt: world.nowMs(),
      idempotencyKey: expect.stringMatching(/-7/),
    },
  ])
})

test('sends after five seconds, and loads the delivery only then', async () => {
  const world = createWorld()
  const tracker = open(world)
  tracker.track('save', { entity: project })
  await world.pass(4_999)
  expect([world.sent.length, world.loads]).toEqual([0, 0])
  await world.pass(1)
  expect(types(world)).toEqual([['save']])
  await world.pass(60_000)
  expect(world.sent).toHaveLength(1)
})

test('sends at once when twenty events wait', async () => {
  const world = createWorld()
  const tracker = open(world)
  for (let i = 0; i < 20; i++) tracker.track('save')
  await world.pass(0)
  expect(world.sent[0]?.events).toHaveLength(20)
})

test('many events go in batches of fifty', async () => {
  const world = createWorld()
  const tracker = open(world, { flushAt: 1_000 })
  for (let i = 0; i < 120; i++) tracker.track('save')
  await tracker.flush()
  expect(world.sent.map(({ events }) => events.length)).toEqual([50, 50, 20])
})

test('large events go in smaller batches', async () => {
  const world = createWorld()
  const tracker = open(world)
  for (let i = 0; i < 10; i++) tracker.track('save', { props: { text: 'x'.repeat(8_000) } })
  await tracker.flush()
  for (const { events } of world.sent) expect(JSON.stringify(events).length).toBeLessThan(57_000)
  expect(world.sent.flatMap(({ events }) => events)).toHaveLength(10)
})

test('what could not be delivered is sent again, with the same id and time and a new sentAt', async () => {
  const world = createWorld()
  world.answer = unreachable
  const tracker = open(world)
  tracker.track('save')
  await tracker.flush()
  world.answer = accept
  await world.pass(3_000)
  const [first, second] = world.sent
  expect(second?.events).toEqual(first?.events)
  expect(second?.sentAt).toBeGreaterThan(Number(first?.sentAt))
  expect(world.sent).toHaveLength(2)
})

test('does not send before Retry-After has passed, whatever happens', async () => {
  const world = createWorld()
  world.answer = refuse('rate_limited', 4_000)
  const tracker = open(world)
  tracker.track('save')
  await tracker.flush()
  world.answer = accept
  for (let i = 0; i < 30; i++) tracker.track('save')
  await tracker.flush()
  world.lifecycle.online()
  world.lifecycle.leave()
  await world.pass(3_999)
  expect([world.sent.length, world.left.length]).toEqual([1, 0])
  await world.pass(1_001)
  expect(world.sent).toHaveLength(2)
  expect(world.sent[1]?.events).toHaveLength(31)
})

test('an outage of five seconds costs three requests at most', async () => {
  const world = createWorld()
  world.answer = unreachable
  const tracker = open(world)
  for (let i = 0; i < 25; i++) tracker.track('save')
  await world.pass(5_000)
  expect(world.sent.length).toBeLessThanOrEqual(3)
  world.answer = accept
  await world.pass(3_000)
  expect(world.sent.at(-1)?.events).toHaveLength(25)
})

test('sends at once when the network is back', async () => {
  const world = createWorld()
  world.answer = unreachable
  const tracker = open(world)
  tracker.track('save')
  await tracker.flush()
  world.answer = accept
  world.lifecycle.online()
  await world.pass(0)
  expect(world.sent).toHaveLength(2)
})

test('a reload after being offline delivers what the earlier page left', async () => {
  const world = createWorld()
  world.answer = unreachable
  const first = open(world)
  first.trackView(project)
  await first.flush()
  world.reload({ url: 'https://shop.example/other', referrer: 'https://shop.example/projects' })
  world.answer = accept
  const second = open(world)
  await world.pass(3_000)
  expect(types(world)).toEqual([['view'], ['view']])
  second.track('save')
  await second.flush()
  expect(world.sent[2]?.events[0]?.sessionId).toBe(world.sent[0]?.events[0]?.sessionId)
  expect(world.sent[2]?.attribution?.utmSource).toBe('newsletter')
})

test('a page with nothing to send loads nothing', async () => {
  const world = createWorld()
  await open(world).flush()
  await world.pass(60_000)
  expect([world.loads, world.sent.length]).toEqual([0, 0])
})

test('a queue that cannot be read is looked at again, until it is known to be empty', async () => {
  const world = createWorld()
  const { openQueue } = world.edges
  const transact = vi.fn().mockRejectedValue(false).mockRejectedValueOnce(true)
  world.edges.openQueue = (...given) => ({ ...openQueue(...given), hasLeftovers: async () => true, transact })
  open(world)
  await world.pass(4_000)
  expect(transact).toHaveBeenCalledTimes(1)
  expect(said).toHaveBeenCalledWith('tallymark: flush failed', new Error('IndexedDB did not answer'))
  await world.pass(60_000)
  expect(transact).toHaveBeenCalledTimes(2)
})

test('a refused event is dropped by name and counted; the others are stored', async () => {
  const world = createWorld()
  world.answer = acceptBut(({ eventType }) => (eventType === 'sav' ? 'unknown_event_type' : undefined))
  const onDrop = vi.fn()
  const tracker = open(world, { onDrop })
  tracker.track('save')
  tracker.track('sav')
  await tracker.flush()
  await world.pass(60_000)
  expect(world.sent).toHaveLength(1)
  expect(onDrop.mock.calls).toEqual([[expect.objectContaining({ eventType: 'sav' }), 'unknown_event_type', 'because']])
  expect(tracker.drops).toEqual({ unknown_event_type: 1 })
  expect(said.mock.calls.flat().join()).toContain("dropped 'sav' (unknown_event_type): because")
})

test('an event that the collector cannot store right now goes again', async () => {
  const world = createWorld()
  world.answer = acceptBut(({ eventType }) => (eventType === 'save' ? 'storage_unavailable' : undefined))
  const tracker = open(world)
  tracker.track('save')
  tracker.track('share')
  await tracker.flush()
  world.answer = accept
  await world.pass(3_000)
  expect(types(world)).toEqual([['save', 'share'], ['save']])
})

test('one event that spoils its batch is found and dropped, the others arrive', async () => {
  const world = createWorld()
  world.answer = (batch) =>
    batch.events.some(({ eventType }) => eventType === 'bad') ? refuse('invalid_request')() : accept(batch)
  const tracker = open(world, { flushAt: 1_000 })
  for (let i = 0; i < 16; i++) tracker.track(i === 5 ? 'bad' : 'good')
  await tracker.flush()
  expect(tracker.drops).toEqual({ invalid_request: 1 })
  const stored = world.sent.filter((batch) => accept(batch) && !batch.events.some((e) => e.eventType === 'bad'))
  expect(stored.flatMap(({ events }) => events)).toHaveLength(15)
})

test('a wrong key stops the page, and keeps the events', async () => {
  const world = createWorld()
  world.answer = refuse('invalid_key')
  const tracker = open(world)
  tracker.track('save')
  await tracker.flush()
  for (let i = 0; i < 50; i++) tracker.track('save')
  await tracker.flush()
  world.lifecycle.online()
  world.lifecycle.leave()
  await world.pass(86_400_000)
  expect([world.sent.length, world.left.length]).toEqual([1, 0])
  expect(said.mock.calls.flat().join()).toContain('invalid_key')
  world.answer = accept
  world.reload()
  open(world)
  await world.pass(0)
  expect(world.sent.slice(1).flatMap(({ events }) => events)).toHaveLength(51)
})

test('an event too large for the wire is dropped on the spot', async () => {
  const world = createWorld()
  const tracker = open(world)
  tracker.track('save', { props: { text: 'x'.repeat(limits.maxEventBytes) } })
  await tracker.flush()
  expect(world.sent).toEqual([])
  expect(tracker.drops).toEqual({ event_too_large: 1 })
})

test('an event that waited longer than allowed is dropped', async () => {
  const world = createWorld()
  const onDrop = vi.fn()
  world.answer = unreachable
  const tracker = open(world, { maxQueueAgeMs: 60_000, onDrop })
  tracker.track('save')
  await world.pass(61_000)
  tracker.track('share')
  world.answer = accept
  world.lifecycle.online()
  await world.pass(0)
  expect(types(world).at(-1)).toEqual(['share'])
  expect(onDrop.mock.calls[0]?.[1]).toBe('queue_expired')
})

test('a full queue drops its oldest', async () => {
  const world = createWorld()
  world.answer = unreachable
  const tracker = open(world, { maxQueueEvents: 3 })
  for (const type of ['a', 'b', 'c', 'd']) tracker.track(type)
  await vi.waitFor(() => expect(tracker.drops).toEqual({ queue_full: 1 }))
  world.answer = accept
  await tracker.flush()
  expect(types(world)).toEqual([['b', 'c', 'd']])
})

test('debounce keeps the last event of each entity', async () => {
  const world = createWorld()
  const tracker = open(world, { debounce: { rating: true } })
  for (const stars of [1, 2, 3]) tracker.track('rating', { entity: project, props: { stars } })
  tracker.track('rating', { entity: { type: 'project', id: 43 }, props: { stars: 5 } })
  await world.pass(1_000)
  await tracker.flush()
  expect(world.sent[0]?.events.map(({ entityId, props }) => [entityId, props?.stars])).toEqual([
    [42, 3],
    [43, 5],
  ])
})

test('a page that leaves sends what waits, held back or not, and removes what is acknowledged', async () => {
  const world = createWorld()
  const tracker = open(world, { debounce: { rating: true } })
  tracker.track('save')
  tracker.track('rating', { entity: project })
  world.lifecycle.leave()
  world.lifecycle.leave()
  await world.pass(60_000)
  expect(world.left.map(({ events }) => events.map(({ eventType }) => eventType))).toEqual([['save', 'rating']])
  expect(world.sent).toEqual([])
})

test('what a leaving page could not deliver, the next one does', async () => {
  const world = createWorld()
  world.answer = unreachable
  open(world).track('save')
  world.lifecycle.leave()
  await world.pass(0)
  world.reload()
  world.answer = accept
  open(world)
  await world.pass(3_000)
  expect(world.left[0]?.events.map(({ idempotencyKey }) => idempotencyKey)).toEqual(
    world.sent[0]?.events.map(({ idempotencyKey }) => idempotencyKey),
  )
})

test('a leaving request stays within what may outlive its page', async () => {
  const world = createWorld()
  const tracker = open(world, { flushAt: 1_000 })
  for (let i = 0; i < 300; i++) tracker.track('save', { props: { i, text: 'x'.repeat(1_000) } })
  world.lifecycle.leave()
  await world.pass(0)
  expect(JSON.stringify(world.left[0]).length).toBeLessThan(57_000)
  expect(world.left[0]?.events.at(-1)?.props?.i).toBe(299)
  await tracker.flush()
  const all = [...world.left, ...world.sent].flatMap(({ events }) => events.map((event) => event.props?.i))
  expect(new Set(all).size).toBe(300)
  expect(all).toHaveLength(300)
})

test('keeps the events while its second part cannot be loaded, and tries again as often as it would send', async () => {
  const world = createWorld()
  world.deliveryLoads = false
  const tracker = open(world)
  for (let i = 0; i < 50; i++) tracker.track('save')
  await world.pass(5_000)
  expect([world.loads, world.sent.length]).toEqual([3, 0])
  world.deliveryLoads = true
  await world.pass(3_000)
  expect(world.sent.map(({ events }) => events.length)).toEqual([50])
})

test('what a leaving page sent goes again under its id when nobody could read the answer', async () => {
  const world = createWorld()
  world.deliveryLoads = false
  const tracker = open(world)
  tracker.track('save')
  world.lifecycle.leave()
  await world.pass(0)
  world.deliveryLoads = true
  tracker.track('share')
  await tracker.flush()
  expect(types(world)).toEqual([['save', 'share']])
  expect(world.sent[0]?.events[0]?.idempotencyKey).toBe(world.left[0]?.events[0]?.idempotencyKey)
})

test('each event goes under the identity it was made under', async () => {
  const world = createWorld()
  const tracker = open(world)
  tracker.track('anonymous')
  tracker.identify(userToken('ann'))
  tracker.track('ann')
  tracker.identify(userToken('bob'))
  tracker.track('bob')
  await tracker.flush()
  await world.pass(0)
  expect(world.sent.map(({ userToken, events }) => [userToken, events.map((e) => e.eventType)])).toEqual([
    [undefined, ['anonymous']],
    [userToken('bob'), ['bob']],
  ])
  tracker.identify(userToken('ann', 2))
  await world.pass(0)
  expect(world.sent[2]).toMatchObject({ userToken: userToken('ann', 2), events: [{ eventType: 'ann' }] })
})

test('a refused token makes its user wait, and nobody else', async () => {
  const world = createWorld()
  world.answer = (batch) => (batch.userToken === userToken('ann') ? refuse('invalid_user_token')() : accept(batch))
  const tracker = open(world)
  tracker.identify(userToken('ann'))
  tracker.track('ann')
  await tracker.flush()
  tracker.identify(null)
  tracker.track('anonymous')
  await tracker.flush()
  tracker.identify(userToken('ann'))
  await world.pass(60_000)
  expect(types(world)).toEqual([['ann'], ['anonymous']])
  tracker.identify(userToken('ann', 2))
  await world.pass(0)
  expect(types(world)).toEqual([['ann'], ['anonymous'], ['ann']])
})

test('the events of a user wait across pages, and tokens are stored nowhere', async () => {
  const world = createWorld()
  world.answer = unreachable
  const first = open(world)
  first.identify(userToken('ann'))
  first.track('save')
  await first.flush()
  world.answer = accept
  world.reload()
  const second = open(world)
  second.track('anonymous')
  await world.pass(3_000)
  expect(types(world).slice(1)).toEqual([['anonymous']])
  second.identify(userToken('ann', 2))
  await world.pass(0)
  expect(world.sent[2]?.userToken).toBe(userToken('ann', 2))
  for (const key of ['tallymark.session', 'tallymark.anonymous_id']) {
    expect(world.edges.storage.read(key)).not.toContain('signature')
  }
})

test('what is no token signs nobody in, and says so', async () => {
  const world = createWorld()
  const tracker = open(world)
  tracker.identify('ann@example.com')
  tracker.track('save')
  await tracker.flush()
  expect(world.sent[0]).not.toHaveProperty('userToken')
  expect(said.mock.calls.flat().join()).toContain('identify()')
})

test('a reset forgets user, session and browser, and leaves the waiting events to whoever made them', async () => {
  const world = createWorld()
  const tracker = open(world, { debounce: { rating: true } })
  tracker.identify(userToken('ann'))
  tracker.track('rating', { entity: project })
  tracker.reset()
  tracker.track('rating', { entity: project })
  tracker.identify(userToken('ann'))
  await tracker.flush()
  const events = world.sent.flatMap((batch) => batch.events.map((event) => ({ ...event, by: batch.userToken })))
  const ann = events.find((event) => event.by !== undefined)
  const next = events.find((event) => event.by === undefined)
  expect(events).toHaveLength(2)
  expect(ann?.sessionId).not.toBe(next?.sessionId)
  expect(ann?.anonymousId).not.toBe(next?.anonymousId)
})

test('nothing that a page passes in makes it throw', () => {
  const world = createWorld()
  const tracker = open(world)
  const circular: Record<string, unknown> = {}
  circular.self = circular
  tracker.track('save', { props: circular })
  tracker.track('save', { props: { big: 10n } })
  for (const odd of [undefined, null, 7, 'x', Symbol('s'), () => {}]) {
    expect(() => {
      Reflect.apply(tracker.track, undefined, [odd, odd])
      Reflect.apply(tracker.trackView, undefined, [odd, odd])
      Reflect.apply(tracker.identify, undefined, [odd])
    }).not.toThrow()
  }
})

test('an onDrop that throws disturbs nothing', async () => {
  const world = createWorld()
  world.answer = acceptBut(() => 'missing_prop')
  const tracker = open(world, {
    onDrop() {
      throw new Error('mine')
    },
  })
  tracker.track('a')
  tracker.track('b')
  await tracker.flush()
  expect(tracker.drops).toEqual({ missing_prop: 2 })
})

test('an event can be dated', async () => {
  const world = createWorld()
  const tracker = open(world)
  tracker.track('a', { occurredAt: new Date(5) })
  tracker.track('b', { occurredAt: '2026-01-01T00:00:00Z' })
  await tracker.flush()
  expect(world.sent[0]?.events.map((event) => event.occurredAt)).toEqual([
    '1970-01-01T00:00:00.005Z',
    '2026-01-01T00:00:00Z',
  ])
})
