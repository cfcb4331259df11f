import { beforeEach, describe, expect, test, vi } from 'vitest'
import { openTracker } from './testing/open.ts'
import { accept, createWorld, refuse, unreachable, userToken, type World } from './testing/world.ts'

const said = vi.spyOn(console, 'error').mockImplementation(() => {})
beforeEach(() => said.mockClear())

const events = (world: World) => world.sent.flatMap((batch) => batch.events)

describe('sessions', () => {
  test('begin with an event where the page asks for one, ahead of the first event', async () => {
    const world = createWorld()
    const tracker = openTracker(world, { sessionStartEvent: 'session_start' })
    tracker.track('view')
    const first = tracker.session?.id
    await world.pass(31 * 60_000)
    tracker.track('view')
    await tracker.flush()
    const starts = events(world).filter(({ eventType }) => eventType === 'session_start')
    expect(events(world).map(({ eventType }) => eventType)).toEqual(['session_start', 'view', 'session_start', 'view'])
    expect(starts.map(({ props }) => props)).toEqual([{ index: 1 }, { index: 2, previousSessionId: first }])
    expect(starts[1]?.sessionId).toBe(tracker.session?.id)
  })

  test('have no start event by default', async () => {
    const world = createWorld()
    const tracker = openTracker(world)
    tracker.track('view')
    await tracker.flush()
    expect(events(world)).toHaveLength(1)
  })

  test('begin anew when told so, and not while there is none', async () => {
    const world = createWorld()
    const tracker = openTracker(world)
    tracker.track('view')
    const { id } = { ...tracker.session }
    tracker.startNewSession()
    expect(tracker.session).toMatchObject({ index: 2, previousId: id })
    const pending = openTracker(createWorld(), { consent: 'pending' })
    pending.startNewSession()
    expect(pending.session).toBeUndefined()
  })

  test('have live metrics, over all tabs and after a reload', async () => {
    const world = createWorld()
    const [one, other] = [openTracker(world), openTracker(world)]
    one.track('page_view')
    await world.pass(5 * 60_000)
    other.track('save')
    expect(one.getSessionMetrics()).toEqual({
      durationMs: 5 * 60_000,
      interactionCount: 2,
      engagementScore: 24,
      pageViews: 1,
      bounceRate: 0,
    })
    world.lifecycle.leave()
    world.reload()
    expect(openTracker(world).getSessionMetrics()).toMatchObject({ interactionCount: 2 })
  })

  test('a reset is the first visit of somebody else', () => {
    const world = createWorld()
    const tracker = openTracker(world)
    tracker.track('view')
    tracker.startNewSession()
    const { anonymousId } = tracker
    tracker.reset()
    expect(tracker.session).toMatchObject({ index: 1 })
    expect(tracker.session?.previousId).toBeUndefined()
    expect(tracker.anonymousId).not.toBe(anonymousId)
  })
})

describe('a user token', () => {
  const expiring = (sub: string, atMs: number) => userToken(sub, Math.floor(atMs / 1_000))

  test('that the collector refuses is replaced, and the events that waited for it go', async () => {
    const world = createWorld()
    const [old, fresh] = [expiring('ann', world.nowMs() + 7_200_000), expiring('ann', world.nowMs() + 7_300_000)]
    world.answer = (batch) => (batch.userToken === old ? refuse('invalid_user_token')() : accept(batch))
    const refresh = vi.fn(async () => fresh)
    const tracker = openTracker(world)
    tracker.identify(old, { refresh })
    tracker.track('save')
    await world.pass(6_000)
    expect(refresh).toHaveBeenCalledOnce()
    expect(world.sent.map((batch) => batch.userToken)).toEqual([old, fresh])
    expect(tracker.drops).toEqual({})
  })

  test('that expires is replaced in time', async () => {
    const world = createWorld()
    const fresh = expiring('ann', world.nowMs() + 7_200_000)
    const refresh = vi.fn(async () => fresh)
    const tracker = openTracker(world)
    tracker.identify(expiring('ann', world.nowMs() + 60_000), { refresh })
    await world.pass(59_000)
    expect(refresh).not.toHaveBeenCalled()
    await world.pass(1_000)
    tracker.track('save')
    await world.pass(5_000)
    expect(refresh).toHaveBeenCalledOnce()
    expect(world.sent.map((batch) => batch.userToken)).toEqual([fresh])
  })

  test('that is bad again and again is asked for once a minute at most', async () => {
    const world = createWorld()
    world.answer = refuse('invalid_user_token')
    let made = 0
    const refresh = vi.fn(async () => expiring('ann', world.nowMs() + 7_200_000 + 1_000 * ++made))
    const tracker = openTracker(world)
    tracker.identify(expiring('ann', world.nowMs() + 7_200_000), { refresh })
    for (let i = 0; i < 60; i++) {
      tracker.track('save')
      await world.pass(10_000)
    }
    expect(refresh.mock.calls.length).toBeGreaterThan(5)
    expect(refresh.mock.calls.length).toBeLessThanOrEqual(11)
  })

  test('is not replaced by a refresh that fails, or once somebody else is there', async () => {
    const world = createWorld()
    const tracker = openTracker(world)
    const failing = vi.fn(async (): Promise<string> => {
      throw new Error('mine')
    })
    tracker.identify(expiring('ann', world.nowMs() - 1_000), { refresh: failing })
    await world.pass(0)
    tracker.identify(expiring('bob', world.nowMs() + 7_200_000))
    await world.pass(600_000)
    expect(failing).toHaveBeenCalledOnce()
    tracker.track('save')
    await tracker.flush()
    expect(world.sent[0]?.userToken).toContain('.')
    expect(said.mock.calls.flat().join()).toContain('refresh failed')
  })
})

describe('forgetMe', () => {
  test('in another tab means what this one could not store yet, too, and nothing that comes later', async () => {
    const world = createWorld()
    const tracker = openTracker(world)
    tracker.track('forgotten')
    world.lifecycle.changed({ key: 'tallymark.session', newValue: '{}' })
    expect(tracker.drops).toEqual({})
    world.lifecycle.changed({ key: 'tallymark.session', newValue: null })
    expect(tracker.drops).toEqual({ no_consent: 1 })
    tracker.track('after')
    await tracker.flush()
    expect(world.sent.flatMap(({ events }) => events.map(({ eventType }) => eventType))).toEqual(['after'])
  })

  test('removes what is stored and what waits, and goes on with somebody new', async () => {
    const world = createWorld()
    world.answer = unreachable
    const tracker = openTracker(world)
    tracker.track('save')
    const { anonymousId } = tracker
    expect(await tracker.forgetMe()).toBe(true)
    expect(tracker.drops).toEqual({ no_consent: 1 })
    tracker.track('view')
    expect(tracker.anonymousId).not.toBe(anonymousId)
    expect(tracker.session).toMatchObject({ index: 1 })
  })

  test.each([
    [200, true, undefined],
    [404, false, 'cannot erase'],
    [405, false, 'cannot erase'],
    [401, false, 'status 401'],
  ])('asks the collector to erase the user; status %d is %j', async (status, done, complaint) => {
    const world = createWorld()
    const fetched = vi.fn(async (_url: string, _init: RequestInit) => new Response(null, { status }))
    vi.stubGlobal('fetch', fetched)
    const token = userToken('ann/1')
    const tracker = openTracker(world)
    tracker.identify(token)
    expect(await tracker.forgetMe()).toBe(done)
    vi.unstubAllGlobals()
    expect(fetched).toHaveBeenCalledWith(
      'https://collect.example.com/v1/users/ann%2F1?key=tm_pub_1',
      expect.objectContaining({ method: 'DELETE', headers: { 'X-User-Token': token } }),
    )
    if (complaint) expect(said.mock.calls.flat().join()).toContain(complaint)
    else expect(said).not.toHaveBeenCalled()
  })

  test('says so when the collector cannot be reached', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    const tracker = openTracker(createWorld())
    tracker.identify(userToken('ann'))
    expect(await tracker.forgetMe()).toBe(false)
    vi.unstubAllGlobals()
    expect(said.mock.calls.flat().join()).toContain('could not be reached')
  })
})

describe('flush', () => {
  test('waits until it is clear what may be done, and sends then', async () => {
    const world = createWorld()
    const tracker = openTracker(world, { consent: 'cookieless' })
    tracker.track('save')
    await tracker.flush()
    expect(events(world).map(({ eventType }) => eventType)).toEqual(['save'])
  })
})
