import { expect, test } from 'vitest'
import { createAnonymousIdentity } from './identity.ts'
import { createSessions } from './session.ts'
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
  const open = (utmSource?: string) =>
    createSessions({ ...world.edges, storage, timeoutMs: 30 * 60_000, arrival: { utmSource } })
  return { world, open, storage, writes: () => writes }
}

test('tabs and pages share a session', async () => {
  const { world, open } = setUp()
  const { id } = open('a').current()
  await world.pass(20 * 60_000)
  const second = open()
  expect(second.current()).toMatchObject({ id, attribution: { utmSource: 'a' } })
  await world.pass(20 * 60_000)
  expect(second.current().id).toBe(id)
})

test('ends after half an hour without an event', async () => {
  const { world, open } = setUp()
  const sessions = open()
  const { id } = sessions.current()
  await world.pass(30 * 60_000 + 1)
  expect(sessions.current().id).not.toBe(id)
})

test('a new campaign begins a session, in all tabs', async () => {
  const { world, open } = setUp()
  const first = open('a')
  first.current()
  const second = open('b').current()
  await world.pass(1_000)
  expect(first.current().id).toBe(second.id)
})

test('writes at most once a second', async () => {
  const { world, open, writes } = setUp()
  const sessions = open()
  for (let i = 0; i < 100; i++) {
    sessions.current()
    await world.pass(10)
  }
  expect(writes()).toBe(1)
  sessions.current()
  expect(writes()).toBe(2)
})

test('a restart holds in the other tabs, too', async () => {
  const { world, open } = setUp()
  const [one, other] = [open(), open()]
  const { id } = one.current()
  expect(other.current().id).toBe(id)
  one.restart()
  await world.pass(1_000)
  expect(one.current().id).not.toBe(id)
  expect(other.current().id).toBe(one.current().id)
})

test.each(['', '{', 'null', '[]', '{"id":"me","lastSeenAtMs":1}', '{"id":7}'])(
  '%j in the storage is no session',
  (stored) => {
    const { open, storage } = setUp()
    storage.write('tallymark.session', stored)
    expect(open().current().id).toMatch(/^[\da-f-]{36}$/)
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
