import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newEvent } from '../../testing/events.ts'
import { tempFolder } from '../../testing/temp-folder.ts'
import type { NewEvent, Person, Store } from '../store.ts'
import { importLines } from './import.ts'
import { openSqliteStore } from './store.ts'

const day = 86_400_000
const noon = Date.UTC(2026, 5, 15, 12)
const windows = { byType: {}, fallbackMs: 60_000 }

/** A store whose clock stands where the test puts it. */
async function openStore(file = join(tempFolder(), 'events.db'), now = noon) {
  const clock = { now }
  const store = await openSqliteStore({ file, windows, dailyCap: 1, now: () => clock.now })
  return { store, clock, file }
}

const device = (n: number) => `a0000000-0000-4000-8000-00000000000${n}`
const user = (n: number) => ({ id: `user-${n}`, type: null, traits: '{"email":"ann@example.com"}' })

const countsOf = async (store: Store) => {
  const query = { entityType: 'project', entityIds: ['1', '2', '42'], eventTypes: ['view', 'save'] }
  return (await store.counts(query)).answer.counts
}

const eventIds = async (store: Store) => {
  let text = ''
  for await (const chunk of store.export()) text += chunk
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  return lines.filter(({ kind }) => kind === 'event').map(({ id }) => id as string)
}

/** Events of few people on few entities over forty days, received when they occurred. */
const someEvent = fc
  .record({
    eventType: fc.constantFrom('view', 'save'),
    entityType: fc.constantFrom('project', 'project', 'project', null),
    entity: fc.constantFrom('1', '2'),
    actor: fc.constantFrom(null, null, user(1), user(2)),
    anonymousId: fc.constantFrom(null, device(1), device(2), device(3)),
    sessionId: fc.constantFrom(null, device(8)),
    ageDays: fc.nat({ max: 40 }),
    late: fc.constantFrom(0, 0, 2 * day, 29 * day),
    bot: fc.constantFrom(null, null, null, 'agent'),
  })
  .map(({ entity, ageDays, late, ...fields }) => {
    const occurredAt = noon - ageDays * day
    const entityId = fields.entityType && entity
    // Each with a cap of their own: what one is let off is no matter of who else comes.
    const clientKey = fields.actor?.id ?? fields.anonymousId
    return newEvent({ ...fields, clientKey, entityId, occurredAt, receivedAt: Math.min(noon, occurredAt + late) })
  })

const inOrderOfReceipt = (events: NewEvent[]) => events.toSorted((a, b) => a.receivedAt - b.receivedAt)

describe('an erasure', () => {
  test('leaves what would be there if the person had never come, whatever was folded before', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(someEvent, { minLength: 1, maxLength: 40 }),
        fc.constantFrom<Person>({ userId: 'user-1' }, { anonymousId: device(1) }),
        fc.nat({ max: 40 }),
        async (events, person, foldedUpTo) => {
          const [{ store }, { store: without }] = await Promise.all([openStore(), openStore()])
          await store.append(events.slice(0, foldedUpTo))
          await store.flush()
          await store.append(events.slice(foldedUpTo))
          const isTheirs = ({ actor, anonymousId }: NewEvent) =>
            'userId' in person ? actor?.id === person.userId : actor === null && anonymousId === person.anonymousId
          const others = events.filter((event) => !isTheirs(event))
          const unlinked = 'userId' in person ? [] : others.filter((event) => event.anonymousId === person.anonymousId)

          expect(await store.erase(person)).toEqual({
            events: events.length - others.length,
            unlinked: unlinked.length,
            rejected: 0,
            errors: 0,
          })
          await without.append(others)
          expect(await countsOf(store)).toEqual(await countsOf(without))
          expect(await eventIds(store)).toEqual(others.map(({ id }) => id))
          expect(await store.verify()).toEqual([])

          await store.append([newEvent({ entityId: '1', anonymousId: device(5) })])
          await without.append([newEvent({ entityId: '1', anonymousId: device(5) })])
          expect(await countsOf(store), 'what comes later is counted').toEqual(await countsOf(without))
          expect(await store.verify()).toEqual([])
          await Promise.all([store.close(), without.close()])
        },
      ),
      { numRuns: 12 },
    )
  })

  test('leaves no trace of the person in the file or beside it', async () => {
    const { store, file } = await openStore()
    const theirs = [
      newEvent({ anonymousId: device(1), props: '{"note":"a very private remark"}' }),
      newEvent({ actor: { id: 'ann-the-user', type: null, traits: '{"email":"ann@example.com"}' } }),
    ]
    await store.append([...Array.from({ length: 50 }, () => newEvent()), ...theirs])
    const ann = { id: 'ann-the-user', type: null, traits: null }
    await store.changePreference({ actor: ann, dimension: 'genre', value: 'a very private liking', delta: 1 })
    await countsOf(store)
    const holds = (what: string | Buffer) =>
      ['', '-wal'].some((part) => existsSync(file + part) && readFileSync(file + part).includes(what))
    const traces = [
      Buffer.from(device(1).replaceAll('-', ''), 'hex'),
      'a very private remark',
      'a very private liking',
      'ann-the-user',
      'ann@example.com',
    ]
    for (const trace of traces) expect(holds(trace), 'it was there').toBe(true)
    await store.erase({ anonymousId: device(1) })
    await store.erase({ userId: 'ann-the-user' })
    for (const trace of traces) expect(holds(trace), String(trace)).toBe(false)
    await store.close()
  })

  test('keeps late retries and late deliveries of before away, and takes what comes after', async () => {
    const { store, clock, file } = await openStore()
    const stored = newEvent({ anonymousId: device(1), receivedAt: noon, occurredAt: noon })
    await store.append([stored])
    clock.now = noon + 1000
    await store.erase({ anonymousId: device(1) })
    const queued = newEvent({ anonymousId: device(1), occurredAt: noon, receivedAt: noon + 5000 })
    const retried = { ...stored, receivedAt: noon + 5000, occurredAt: noon + 2000 }
    expect(await store.append([retried, queued])).toEqual(['duplicate', 'duplicate'])
    await store.close()

    const { store: again, clock: later } = await openStore(file, noon + day)
    expect(await again.append([{ ...queued, id: newEvent().id }])).toEqual(['duplicate'])
    expect(await again.append([newEvent({ anonymousId: device(1), occurredAt: noon + day })])).toEqual(['stored'])
    later.now = noon + 32 * day
    await again.prune()
    expect(await again.append([queued]), 'after 31 days it would be refused for its age').toEqual(['stored'])
    await again.close()
  })

  test('keeps away errors of before that their client tells of late', async () => {
    const { store } = await openStore()
    const failure = { eventType: 'client_error', entityType: null, entityId: null, props: '{"kind":"network"}' }
    const at = (occurredAt: number) => newEvent({ ...failure, anonymousId: device(1), occurredAt, receivedAt: noon })
    expect(await store.keepErrors([at(noon - 2)])).toEqual(['stored'])
    expect(await store.erase({ anonymousId: device(1) })).toMatchObject({ errors: 1 })
    expect(await store.keepErrors([at(noon - 1), at(noon + 1)])).toEqual(['duplicate', 'stored'])
    await store.close()
  })

  test('keeps a device away from what its user did with it before, and sends late', async () => {
    const { store, file } = await openStore()
    await store.erase({ anonymousId: device(1) })
    const late = newEvent({ actor: user(1), anonymousId: device(1), occurredAt: noon - 1, receivedAt: noon })
    expect(await store.append([late])).toEqual(['stored'])
    await store.close()
    const { store: again } = await openStore(file)
    expect(await eventIds(again)).toEqual([late.id])
    await again.close()
    expect(readFileSync(file).includes(Buffer.from(device(1).replaceAll('-', ''), 'hex'))).toBe(false)
  })

  test('of somebody who was never there counts nothing, and holds for what is still on its way', async () => {
    const { store } = await openStore()
    expect(await store.erase({ userId: 'nobody' })).toEqual({ events: 0, unlinked: 0, rejected: 0, errors: 0 })
    const late = newEvent({ actor: { id: 'nobody', type: null, traits: null }, occurredAt: noon - 1 })
    expect(await store.append([late])).toEqual(['duplicate'])
    await store.close()
  })
})

describe('retention', () => {
  test('lets rows go and keeps every count, whatever comes later', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(someEvent, { minLength: 1, maxLength: 40 }),
        fc.constantFrom<Person>({ userId: 'user-1' }, { anonymousId: device(1) }),
        async (events, person) => {
          const { store, clock } = await openStore()
          const sent = inOrderOfReceipt(events)
          await store.append(sent)
          const before = await countsOf(store)
          const cutoff = Math.floor(noon / day) * day - 31 * day
          const old = sent.filter(({ receivedAt, occurredAt }) => receivedAt < cutoff && occurredAt < cutoff)
          expect(await store.prune(31)).toBe(old.length)
          expect(await countsOf(store)).toEqual(before)
          expect(await eventIds(store)).toEqual(sent.filter((event) => !old.includes(event)).map(({ id }) => id))
          expect(await store.verify()).toEqual([])

          await store.append([newEvent({ entityId: '1', occurredAt: noon, receivedAt: noon, anonymousId: device(2) })])
          expect((await countsOf(store))[1]?.view?.count).toBe((before[1]?.view?.count ?? 0) + 1)
          await store.erase(person)
          expect(await store.verify()).toEqual([])
          clock.now = noon + 20 * day
          await store.prune(31)
          expect(await store.verify()).toEqual([])
          clock.now = noon + 100 * day
          await store.prune(31)
          expect(await eventIds(store)).toEqual([])
          expect(await store.verify()).toEqual([])
          await store.append([newEvent({ entityId: '1', occurredAt: clock.now, receivedAt: clock.now })])
          expect(await eventIds(store)).toHaveLength(1)
          await countsOf(store)
          expect(await store.verify()).toEqual([])
          await store.close()
        },
      ),
      { numRuns: 12 },
    )
  })

  test('lets the viewers of those days go', async () => {
    const { store, clock, file } = await openStore()
    await store.append([newEvent({ anonymousId: device(1), occurredAt: noon, receivedAt: noon })])
    expect((await countsOf(store))[42]?.view).toEqual({ count: 1, unique: 1 })
    clock.now = noon + 40 * day
    await store.prune(31)
    await store.append([newEvent({ anonymousId: device(1), occurredAt: clock.now, receivedAt: clock.now })])
    expect((await countsOf(store))[42]?.view, 'who comes back is new').toEqual({ count: 2, unique: 2 })
    await store.flush()
    expect((await countsOf(store))[42]?.view, 'folded, too').toEqual({ count: 2, unique: 2 })
    const { default: Database } = await import('better-sqlite3')
    const db = new Database(file, { readonly: true })
    expect(db.prepare('SELECT count(*) FROM entity_day_viewer').pluck().get()).toBe(1)
    db.close()
    await store.close()
  })

  test('goes through more rows than one step takes', async () => {
    const { store, clock } = await openStore()
    const many = Array.from({ length: 1700 }, (_, n) =>
      newEvent({ entityId: String(n % 7), anonymousId: device(n % 9), occurredAt: noon, receivedAt: noon }),
    )
    await store.append(many)
    clock.now = noon + 40 * day
    await store.append([newEvent({ occurredAt: clock.now, receivedAt: clock.now })])
    expect(await store.prune(31)).toBe(1700)
    expect(await store.prune(31)).toBe(0)
    expect(await store.verify()).toEqual([])
    await store.close()
  })

  test('travels: an export of a pruned store makes one with the same counts', async () => {
    const { store, clock, file } = await openStore()
    await store.append([1, 2, 1].map((n) => newEvent({ anonymousId: device(n), occurredAt: noon, receivedAt: noon })))
    clock.now = noon + 40 * day
    await store.append([newEvent({ anonymousId: device(1), occurredAt: clock.now, receivedAt: clock.now })])
    await store.prune(31)
    await store.erase({ userId: 'gone' })
    const lines: string[] = []
    for await (const chunk of store.export()) lines.push(...chunk.trimEnd().split('\n'))
    async function* each() {
      yield* lines
    }
    await importLines(`${file}.copy`, each())
    const { store: copy } = await openStore(`${file}.copy`, clock.now)
    expect(await countsOf(copy)).toEqual(await countsOf(store))
    expect(await copy.verify()).toEqual([])
    const late = newEvent({ actor: { id: 'gone', type: null, traits: null }, occurredAt: clock.now - 1 })
    expect(await copy.append([late])).toEqual(['duplicate'])
    await Promise.all([store.close(), copy.close()])
  })
})
