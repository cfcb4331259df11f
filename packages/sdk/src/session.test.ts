import { expect, test } from 'vitest'
import { createAnonymousIdentity } from './identity.ts'
import { createSessions } from './session.ts'
import { beginSession, type Session } from './session-rules.ts'
import { createWorld } from './testing/world.ts'

function setUp() {
  const world = createWorld()
  let writes = 0
  const storage = {
    ...world.edges.storage,
    write(key: string, value: string) {
      writes++
      world.edges.storage.write(key, value)
    },
  }
  const started: Session[] = []
  const open = (utmSource?: string) => {
    const rules = { sessionTimeoutMs: 30 * 60_000, newSessionAtMidnight: false }
    const arrival = utmSource ? { utmSource } : {}
    const edges = { ...world.edges, storage, arrival }
    const sessions = createSessions(rules, edges, (session) => started.push(session))
    const restart = (previous: Session | undefined) =>
      sessions.goOn(beginSession(previous, { ...edges, arrival, nowMs: world.nowMs() }), previous)
    return { ...sessions, restart: () => restart(sessions.latest()), startOver: () => restart(undefined) }
  }
  return { world, open, storage, started, writes: () => writes }
}

test('tabs and pages share a session', async () => {
  const { world, open } = setUp()
  const { id } = open('a').of('save')
  await world.pass(20 * 60_000)
  const second = open()
  expect(second.of('save')).toMatchObject({ id, attribution: { utmSource: 'a' } })
  await world.pass(20 * 60_000)
  expect(second.of('save').id).toBe(id)
})

test('ends after half an hour without an event', async () => {
  const { world, open } = setUp()
  const sessions = open()
  const { id } = sessions.of('save')
  await world.pass(30 * 60_000 + 1)
  expect(sessions.of('save').id).not.toBe(id)
})

test('a new campaign begins a session, in all tabs', async () => {
  const { world, open } = setUp()
  const first = open('a')
  first.of('save')
  const second = open('b').of('save')
  await world.pass(1_000)
  expect(first.of('save').id).toBe(second.id)
})

test('writes at most once a second', async () => {
  const { world, open, writes } = setUp()
  const sessions = open()
  for (let i = 0; i < 100; i++) {
    sessions.of('save')
    await world.pass(10)
  }
  expect(writes()).toBe(1)
  sessions.of('save')
  expect(writes()).toBe(2)
})

test('a restart holds in the other tabs, too', async () => {
  const { world, open } = setUp()
  const [one, other] = [open(), open()]
  const { id } = one.of('save')
  expect(other.of('save').id).toBe(id)
  one.restart()
  await world.pass(1_000)
  expect(one.of('save').id).not.toBe(id)
  expect(other.of('save').id).toBe(one.of('save').id)
})

test('a restart is the next session of the same visitor, unless they are to be forgotten', () => {
  const { open } = setUp()
  const sessions = open('a')
  const { id } = sessions.of('save')
  sessions.restart()
  expect(sessions.latest()).toMatchObject({ index: 2, previousId: id, first: { utmSource: 'a' } })
  sessions.startOver()
  expect(sessions.latest()).toMatchObject({ index: 1 })
  expect(sessions.latest()).not.toHaveProperty('previousId', id)
})

test('tells of the sessions that begin in this tab, once each', async () => {
  const { world, open, started } = setUp()
  const [one, other] = [open('a'), open()]
  one.of('view')
  other.of('view')
  await world.pass(31 * 60_000)
  other.of('view')
  one.of('view')
  expect(started.map(({ index }) => index)).toEqual([1, 2])
})

test('the first touch is kept for good, the last one for the session', async () => {
  const { world, open } = setUp()
  open('newsletter').of('view')
  await world.pass(90 * 86_400_000)
  expect(open('search').of('view')).toMatchObject({
    first: { utmSource: 'newsletter' },
    attribution: { utmSource: 'search' },
  })
})

test('tabs count together', async () => {
  const { world, open } = setUp()
  const [one, other] = [open(), open()]
  for (let i = 0; i < 5; i++) {
    one.of('page_view')
    other.of('click')
    other.of('impression')
    await world.pass(600)
  }
  one.save()
  other.save()
  expect(one.latest()?.counts).toEqual([10, 5, 0])
  expect(open().latest()?.counts).toEqual([10, 5, 0])
})

test.each(['', '{', 'null', '[]', '{"id":"me","lastSeenAtMs":1}', '{"id":7}'])(
  '%j in the storage is no session',
  (stored) => {
    const { open, storage } = setUp()
    storage.write('tallymark.session', stored)
    expect(open().of('save').id).toMatch(/^[\da-f-]{36}$/)
  },
)

test('the anonymous id lasts until it is renewed', () => {
  const { world, storage } = setUp()
  const anonymous = createAnonymousIdentity(storage, world.edges.newId)
  const id = anonymous.id()
  expect(createAnonymousIdentity(storage, world.edges.newId).id()).toBe(id)
  anonymous.renew()
  expect(anonymous.id()).not.toBe(id)
})

test('an anonymous id that somebody tampered with is replaced', () => {
  const { world, storage } = setUp()
  storage.write('tallymark.anonymous_id', 'everybody')
  expect(createAnonymousIdentity(storage, world.edges.newId).id()).toMatch(/^[\da-f-]{36}$/)
})
