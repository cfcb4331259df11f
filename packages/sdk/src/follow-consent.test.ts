import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Consent } from './consent.ts'
import type { TrackerOptions } from './options.ts'
import { openTracker as open } from './testing/open.ts'
import { accept, createWorld, unreachable, userToken, type World } from './testing/world.ts'

const said = vi.spyOn(console, 'error').mockImplementation(() => {})
beforeEach(() => said.mockClear())

const stored = (world: World) => world.edges.storage.keys().sort()
const sentEvents = (world: World) =>
  [...world.left, ...world.sent].flatMap((batch) =>
    batch.events.map((event) => ({ ...event, context: { ...batch.context, ...event.context } })),
  )
const sentTypes = (world: World) => sentEvents(world).map(({ eventType }) => eventType)

describe('a visitor who was not asked', () => {
  test('is tracked, and no event says that they agreed', async () => {
    const world = createWorld()
    const tracker = open(world)
    tracker.track('save')
    await tracker.flush()
    expect(sentEvents(world)[0]).toMatchObject({ anonymousId: tracker.anonymousId })
    expect(sentEvents(world)[0]?.context).not.toHaveProperty('consent')
    expect([tracker.consent, world.extraLoads]).toEqual(['granted', 0])
  })
})

describe('consent that was granted', () => {
  test('stands in the events, whether the page knew it from the start or was told', async () => {
    const world = createWorld()
    const tracker = open(world, { consent: 'granted' })
    tracker.track('save')
    await tracker.flush()
    const told = open(world)
    told.setConsent('granted')
    told.track('share')
    await told.flush()
    expect(sentEvents(world).map(({ context }) => context.consent)).toEqual(['granted', 'granted'])
    expect(world.extraLoads).toBe(0)
  })
})

describe('a choice that there is not', () => {
  test.each([
    ["'consent'", { consent: 'yes' }],
    ["'globalPrivacyControl'", { globalPrivacyControl: 'no' }],
    ["'setConsent()'", {}],
  ])('is taken for a no, and %s is named', async (name, options) => {
    const world = createWorld()
    world.edges.page.navigator.globalPrivacyControl = 'globalPrivacyControl' in options
    const tracker = open(world, options as Partial<TrackerOptions>)
    if (name === "'setConsent()'") tracker.setConsent('maybe' as 'denied')
    await world.pass(0)
    expect(tracker.consent).toBe('denied')
    expect(said.mock.calls.flat().join()).toContain(`${name} must be one of denied, pending, cookieless, granted`)
  })
})

describe('an opt-out in another tab', () => {
  test('drops what waits here', async () => {
    const world = createWorld()
    const other = open(world)
    other.track('waiting')
    world.edges.storage.write('tallymark.opt_out', '1')
    world.lifecycle.leave()
    await world.pass(60_000)
    expect([sentTypes(world), other.consent, other.drops]).toEqual([[], 'denied', { no_consent: 1 }])
  })
})

describe('a visitor whom another tab has forgotten', () => {
  test('is somebody new here, and what this page still knew does not leave', async () => {
    const world = createWorld()
    const tracker = open(world)
    tracker.track('forgotten')
    const { session } = tracker
    for (const key of stored(world)) world.edges.storage.remove(key)
    world.lifecycle.leave()
    expect([sentTypes(world), stored(world)]).toEqual([[], []])
    await world.pass(60_000)
    tracker.track('new')
    expect(tracker.session).toMatchObject({ index: 1 })
    expect(tracker.session?.id).not.toBe(session?.id)
  })
})

describe('a pending choice', () => {
  test('keeps everything in memory: nothing is stored, and nothing sent', async () => {
    const world = createWorld()
    const tracker = open(world, { consent: 'pending' })
    for (let i = 0; i < 30; i++) tracker.track('save')
    await tracker.flush()
    world.lifecycle.leave()
    await world.pass(60_000)
    expect([sentTypes(world), stored(world), tracker.consent]).toEqual([[], [], 'pending'])
    expect([tracker.anonymousId, tracker.session]).toEqual([undefined, undefined])
  })

  test('sends what was held once it is granted, as it was when it was made', async () => {
    const world = createWorld()
    const tracker = open(world, { consent: 'pending' })
    const props = { step: 1 }
    tracker.track('save', { props })
    props.step = 2
    const madeAtMs = world.nowMs()
    await world.pass(10_000)
    tracker.setConsent('granted')
    await world.pass(0)
    await tracker.flush()
    expect(sentEvents(world)).toEqual([
      expect.objectContaining({
        occurredAt: madeAtMs,
        props: { step: 1 },
        anonymousId: tracker.anonymousId,
        sessionId: tracker.session?.id,
        context: expect.objectContaining({ consent: 'granted' }),
      }),
    ])
  })

  test('drops what was held once it is denied, by name and count', async () => {
    const world = createWorld()
    const onDrop = vi.fn()
    const tracker = open(world, { consent: 'pending', onDrop })
    tracker.track('save')
    tracker.setConsent('denied')
    await world.pass(60_000)
    expect([sentTypes(world), stored(world), tracker.consent]).toEqual([[], [], 'denied'])
    expect(onDrop.mock.calls).toEqual([
      [expect.objectContaining({ eventType: 'save' }), 'no_consent', expect.any(String)],
    ])
    expect(said).not.toHaveBeenCalled()
  })

  test('holds so many events at most, the newest', async () => {
    const world = createWorld()
    const tracker = open(world, { consent: 'pending', flushAt: 10_000 })
    for (let i = 0; i < 510; i++) tracker.track('save', { props: { i } })
    expect(tracker.drops).toEqual({ queue_full: 10 })
    tracker.setConsent('granted')
    await world.pass(0)
    await tracker.flush()
    expect(sentEvents(world).map(({ props }) => props?.i)).toEqual(Array.from({ length: 500 }, (_, i) => i + 10))
  })

  test('remembers who was signed in when an event was made', async () => {
    const world = createWorld()
    const tracker = open(world, { consent: 'pending' })
    tracker.identify(userToken('ann'))
    tracker.track('ann')
    tracker.identify(null)
    tracker.track('nobody')
    tracker.setConsent('granted')
    await world.pass(0)
    await tracker.flush()
    expect(sentTypes(world)).toEqual(['nobody'])
    tracker.identify(userToken('ann', 2))
    await world.pass(0)
    expect(world.sent.at(-1)).toMatchObject({ userToken: userToken('ann', 2), events: [{ eventType: 'ann' }] })
  })
})

describe('a visitor without cookies', () => {
  test('is tracked with a session in memory and nothing else, and the events say so', async () => {
    const world = createWorld()
    const tracker = open(world, { consent: 'cookieless' })
    tracker.track('save')
    await world.pass(0)
    tracker.track('share')
    await tracker.flush()
    const [one, other] = sentEvents(world)
    expect(one?.context.consent).toBe('cookieless')
    expect(one).not.toHaveProperty('anonymousId')
    expect(one?.sessionId).toBe(other?.sessionId)
    expect([stored(world), tracker.anonymousId, tracker.consent]).toEqual([[], undefined, 'cookieless'])
  })

  test('is somebody else on the next page', async () => {
    const world = createWorld()
    for (let page = 0; page < 2; page++) {
      const tracker = open(world, { consent: 'cookieless' })
      tracker.track('view')
      await world.pass(0)
      await tracker.flush()
      world.reload()
    }
    expect(new Set(sentEvents(world).map(({ sessionId }) => sessionId)).size).toBe(2)
  })

  test('who agrees to more has what waits sent as it is, and is stored from then on', async () => {
    const world = createWorld()
    world.answer = unreachable
    const tracker = open(world, { consent: 'cookieless' })
    tracker.track('before')
    await world.pass(0)
    tracker.setConsent('granted')
    tracker.track('after')
    await world.pass(0)
    world.answer = accept
    await world.pass(10_000)
    const arrived = world.sent.at(-1)?.events.map(({ eventType }) => eventType)
    expect(arrived?.sort()).toEqual(['after', 'before'])
    const before = sentEvents(world).findLast(({ eventType }) => eventType === 'before')
    expect(before?.context.consent).toBe('cookieless')
    expect(stored(world)).toContain('tallymark.anonymous_id')
    expect(tracker.drops).toEqual({})
  })
})

describe('a visitor who says no', () => {
  test('after they had agreed, loses everything that is stored, and what waited', async () => {
    const world = createWorld()
    world.answer = unreachable
    const tracker = open(world, { debounce: { rating: true } })
    tracker.track('save')
    tracker.track('rating')
    expect(stored(world)).toContain('tallymark.session')
    tracker.setConsent('denied')
    tracker.track('share')
    world.lifecycle.leave()
    await world.pass(60_000)
    tracker.track('like')
    await tracker.flush()
    expect([sentTypes(world), stored(world), tracker.consent]).toEqual([[], [], 'denied'])
    expect(tracker.drops).toEqual({ no_consent: 4 })
    expect([tracker.anonymousId, tracker.session]).toEqual([undefined, undefined])
  })

  test('and changes their mind, is tracked again as somebody new', async () => {
    const world = createWorld()
    const tracker = open(world)
    const id = tracker.anonymousId
    tracker.setConsent('denied')
    await world.pass(0)
    tracker.setConsent('granted')
    tracker.track('save')
    await world.pass(0)
    await tracker.flush()
    expect(sentTypes(world)).toEqual(['save'])
    expect(tracker.anonymousId).not.toBe(id)
  })

  test('has what earlier pages stored removed at once', async () => {
    const world = createWorld()
    open(world).track('save')
    world.reload()
    open(world, { consent: 'denied' })
    await world.pass(0)
    expect(stored(world)).toEqual([])
  })

  test('to a page that was told something nobody knows is not tracked', async () => {
    const world = createWorld()
    const tracker = open(world, { consent: 'yes' as Consent })
    tracker.track('save')
    await world.pass(60_000)
    expect([sentTypes(world), tracker.consent]).toEqual([[], 'denied'])
  })
})

describe('an opt-out', () => {
  test('outlives the page and beats every choice, until it is taken back', async () => {
    const world = createWorld()
    const tracker = open(world)
    tracker.track('save')
    tracker.optOut()
    await world.pass(0)
    expect(stored(world)).toEqual(['tallymark.opt_out'])
    world.reload()

    const next = open(world, { consent: 'granted' })
    next.setConsent('granted')
    next.track('save')
    await world.pass(60_000)
    expect([sentTypes(world), next.consent]).toEqual([[], 'denied'])

    next.optIn()
    next.track('share')
    await world.pass(0)
    await next.flush()
    expect([sentTypes(world), next.consent]).toEqual([['share'], 'granted'])
  })

  test('in one tab holds in the others', async () => {
    const world = createWorld()
    const [one, other] = [open(world), open(world)]
    one.track('a')
    other.track('b')
    one.optOut()
    world.lifecycle.changed({})
    await world.pass(0)
    expect(other.consent).toBe('denied')
    other.track('c')
    await world.pass(60_000)
    expect(sentTypes(world)).toEqual([])
  })

  test('taken back by somebody who never opted out costs nothing', async () => {
    const world = createWorld()
    const tracker = open(world)
    tracker.track('save')
    const id = tracker.anonymousId
    tracker.optIn()
    tracker.track('share')
    await world.pass(0)
    await tracker.flush()
    expect(sentTypes(world).sort()).toEqual(['save', 'share'])
    expect([tracker.anonymousId, tracker.drops]).toEqual([id, {}])
  })
})

describe('what the browser says on behalf of the visitor', () => {
  const cases: [string, Partial<World['edges']['page']['navigator']>, Partial<TrackerOptions>, Consent][] = [
    ['nothing', {}, {}, 'granted'],
    ['Global Privacy Control', { globalPrivacyControl: true }, {}, 'cookieless'],
    [
      'GPC, on a page that takes it for a no',
      { globalPrivacyControl: true },
      { globalPrivacyControl: 'denied' },
      'denied',
    ],
    ['GPC, on a page that ignores it', { globalPrivacyControl: true }, { globalPrivacyControl: 'granted' }, 'granted'],
    ['GPC, on a page that knows of a consent', { globalPrivacyControl: true }, { consent: 'granted' }, 'cookieless'],
    ['GPC, while the choice is pending', { globalPrivacyControl: true }, { consent: 'pending' }, 'pending'],
    ['GPC, after a no', { globalPrivacyControl: true }, { consent: 'denied' }, 'denied'],
    ['Do Not Track', { doNotTrack: '1' }, {}, 'granted'],
    ['Do Not Track, on a page that honours it', { doNotTrack: '1' }, { doNotTrack: 'denied' }, 'denied'],
    ['both', { doNotTrack: '1', globalPrivacyControl: true }, { doNotTrack: 'denied' }, 'denied'],
    ['that it is a program', { webdriver: true }, { consent: 'granted' }, 'denied'],
    ['that it is a program, on a page that tracks those', { webdriver: true }, { trackBots: true }, 'granted'],
    ['that it has no head', { userAgent: 'Mozilla/5.0 HeadlessChrome/140' }, {}, 'denied'],
  ]
  test.each(cases)('%s: %j with %j is %s', async (_what, navigator, options, consent) => {
    const world = createWorld()
    world.reload({ navigator: { ...world.edges.page.navigator, ...navigator } })
    const tracker = open(world, options)
    await world.pass(0)
    expect(tracker.consent).toBe(consent)
  })

  test('counts for less than what they choose on this site', async () => {
    const world = createWorld()
    world.reload({ navigator: { ...world.edges.page.navigator, globalPrivacyControl: true } })
    const tracker = open(world)
    await world.pass(0)
    tracker.setConsent('granted')
    await world.pass(0)
    expect(tracker.consent).toBe('granted')
  })

  test('that it tracks bots costs them nothing', () => {
    const world = createWorld()
    world.reload({ navigator: { ...world.edges.page.navigator, webdriver: true } })
    open(world, { trackBots: true })
    expect(world.extraLoads).toBe(0)
  })
})

describe('a prerendered page', () => {
  test('sends and stores nothing before somebody sees it', async () => {
    const world = createWorld()
    world.reload({ document: { ...world.edges.page.document, prerendering: true } })
    const tracker = open(world)
    tracker.track('page_view')
    world.lifecycle.leave()
    await world.pass(60_000)
    expect([sentTypes(world), stored(world), tracker.consent]).toEqual([[], [], 'pending'])
    world.activate()
    await world.pass(0)
    await tracker.flush()
    expect([sentTypes(world), tracker.consent]).toEqual([['page_view'], 'granted'])
  })
})

describe('the part that knows all this', () => {
  test('does not come: nothing is recorded or sent, and the page goes on', async () => {
    const world = createWorld()
    world.edges.loadExtras = async () => {
      throw new TypeError('Failed to fetch dynamically imported module')
    }
    const tracker = open(world)
    tracker.track('save')
    tracker.setConsent('denied')
    tracker.track('share')
    world.lifecycle.leave()
    await tracker.flush()
    await world.pass(60_000)
    expect([sentTypes(world), tracker.consent]).toEqual([[], 'pending'])
    expect(await tracker.forgetMe()).toBe(false)
    expect(said).toHaveBeenCalled()
  })
})
