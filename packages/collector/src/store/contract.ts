import { describe, expect, test } from 'vitest'
import { newEvent } from '../testing/events.ts'
import type { Activation, NewEntity, Outcome, Store } from './store.ts'

const minute = 60_000
const noon = Date.UTC(2026, 0, 15, 12)
const key = 'a1b2c3d4e5f60718'
const fiveMinutes = { key, windowMs: 5 * minute }

const project: NewEntity = {
  entityType: 'project',
  entityId: '42',
  title: 'A project',
  ownerId: 'owner-1',
  publishedAt: noon,
  visibility: 'public',
  metadata: { genre: 'jazz' },
}

/** How a suite opens the store under test; opening the same place again must find what was there. */
export interface StoreUnderTest {
  open(now?: number): Promise<Store>
}

/** What every store must do, whatever is behind it. */
export function storeContract(name: string, make: () => StoreUnderTest): void {
  describe(`${name} keeps the contract of a store`, () => {
    async function openStore(): Promise<Store> {
      return make().open()
    }
    const append = async (store: Store, ...events: Parameters<typeof newEvent>[0][]): Promise<Outcome[]> =>
      store.append(events.map(newEvent))
    const countOf = async (store: Store, entityId = '42', eventType = 'view') => {
      const { answer } = await store.counts({ entityType: 'project', entityIds: [entityId], eventTypes: [eventType] })
      return answer.counts[entityId]?.[eventType]
    }

    test('an event is stored once, however often it is sent', async () => {
      const store = await openStore()
      const event = newEvent()
      expect(await store.append([event])).toEqual(['stored'])
      expect(await store.append([event, event])).toEqual(['duplicate', 'duplicate'])
      expect(await countOf(store)).toEqual({ count: 1, unique: 0 })
      await store.close()
    })

    test('a repeat within one append is a duplicate of the first', async () => {
      const store = await openStore()
      const event = newEvent()
      expect(await store.append([event, event])).toEqual(['stored', 'duplicate'])
      await store.close()
    })

    test('nobody with the public key can claim the id of a server’s event', async () => {
      const store = await openStore()
      const event = newEvent()
      expect(await store.append([event, { ...event, trust: 'server' }])).toEqual(['stored', 'stored'])
      expect(await store.append([{ ...event, trust: 'server' }])).toEqual(['duplicate'])
      await store.close()
    })

    test('ids are remembered across restarts', async () => {
      const place = make()
      const event = newEvent()
      const before = await place.open()
      await before.append([event])
      await before.close()
      const after = await place.open()
      expect(await after.append([event])).toEqual(['duplicate'])
      await after.close()
    })

    test('an event out of time is a duplicate where it is known, and else is not stored', async () => {
      const store = await openStore()
      const known = newEvent()
      await store.append([known])
      expect(await store.append([{ ...known, expired: true }, newEvent({ expired: true })])).toEqual([
        'duplicate',
        'expired',
      ])
      expect((await countOf(store))?.count).toBe(1)
      await store.close()
    })

    test('a window holds in both directions, up to its length and no further', async () => {
      const store = await openStore()
      const at = (occurredAt: number) => ({ dedupe: fiveMinutes, receivedAt: noon, occurredAt })
      expect(await append(store, at(noon))).toEqual(['stored'])
      expect(await append(store, at(noon + 5 * minute - 1), at(noon - 5 * minute + 1))).toEqual([
        'duplicate',
        'duplicate',
      ])
      expect(await append(store, at(noon + 5 * minute), at(noon - 5 * minute))).toEqual(['stored', 'stored'])
      await store.close()
    })

    test('repeats do not extend a window', async () => {
      const store = await openStore()
      const at = (minutes: number) => ({ dedupe: fiveMinutes, receivedAt: noon, occurredAt: noon + minutes * minute })
      expect(await append(store, at(0), at(3), at(6))).toEqual(['stored', 'duplicate', 'stored'])
      await store.close()
    })

    test('other keys, and events without one, are left alone by a window', async () => {
      const store = await openStore()
      const other = { key: 'a1b2c3d4e5f60719', windowMs: 5 * minute }
      expect(await append(store, { dedupe: fiveMinutes }, { dedupe: other }, { dedupe: null })).toEqual([
        'stored',
        'stored',
        'stored',
      ])
      await store.close()
    })

    test('a retry of the event that opened a window is a duplicate of itself', async () => {
      const store = await openStore()
      const event = newEvent({ dedupe: fiveMinutes })
      await store.append([event])
      expect(await store.append([event])).toEqual(['duplicate'])
      await store.close()
    })

    test('windows hold across a restart for what was received in the last quarter of an hour, and not for longer', async () => {
      const place = make()
      const before = await place.open(noon)
      await append(before, { dedupe: fiveMinutes, receivedAt: noon })
      await before.close()

      const soon = await place.open(noon + 14 * minute)
      expect(await append(soon, { dedupe: fiveMinutes, occurredAt: noon, receivedAt: noon + 14 * minute })).toEqual([
        'duplicate',
      ])
      await soon.close()

      const later = await place.open(noon + 16 * minute)
      expect(await append(later, { dedupe: fiveMinutes, occurredAt: noon, receivedAt: noon + 16 * minute })).toEqual([
        'stored',
      ])
      await later.close()
    })

    test('an entity that must be registered is unknown until it was put', async () => {
      const store = await openStore()
      expect(await append(store, { registered: true })).toEqual(['entity_not_found'])
      await store.putEntities([project])
      expect(await append(store, { registered: true })).toEqual(['stored'])
      await store.close()
    })

    test('events alone do not register an entity', async () => {
      const store = await openStore()
      await append(store, {})
      expect(await append(store, { registered: true })).toEqual(['entity_not_found'])
      expect(await store.entity('project', '42')).toBeUndefined()
      await store.close()
    })

    test('on a private entity only the owner’s own events are tracked', async () => {
      const store = await openStore()
      await store.putEntities([{ ...project, visibility: 'private' }])
      const as = (id: string) => ({ actor: { id, type: null, traits: null } })
      expect(await append(store, {}, as('somebody'), as('owner-1'))).toEqual([
        'private_entity',
        'private_entity',
        'stored',
      ])
      expect(await append(store, { registered: true }, { registered: true, ...as('owner-1') })).toEqual([
        'entity_not_found',
        'stored',
      ])
      await store.close()
    })

    test('a private entity without an owner tracks nobody', async () => {
      const store = await openStore()
      await store.putEntities([{ ...project, visibility: 'private', ownerId: null }])
      expect(await append(store, {}, { actor: { id: 'somebody', type: null, traits: null } })).toEqual([
        'private_entity',
        'private_entity',
      ])
      await store.close()
    })

    test('an entity is answered as it was put last', async () => {
      const store = await openStore()
      await store.putEntities([project])
      await store.putEntities([{ ...project, title: null, ownerId: null, publishedAt: null, metadata: null }])
      expect(await store.entity('project', '42')).toEqual({
        entityType: 'project',
        entityId: '42',
        title: null,
        ownerId: null,
        publishedAt: null,
        visibility: 'public',
        metadata: null,
      })
      expect(await store.entity('project', '43')).toBeUndefined()
      await store.close()
    })

    test('a deleted entity is unknown and hidden until it is put again, and its events stay', async () => {
      const store = await openStore()
      await store.putEntities([project])
      await append(store, {})
      expect(await store.deleteEntity('project', '42')).toBe(true)
      expect(await store.deleteEntity('project', '42')).toBe(false)
      expect(await store.entity('project', '42')).toBeUndefined()
      expect(await countOf(store)).toEqual({ count: 0, unique: 0 })
      const byOwner = { actor: { id: 'owner-1', type: null, traits: null } }
      expect(await append(store, byOwner, { ...byOwner, registered: true })).toEqual([
        'private_entity',
        'entity_not_found',
      ])
      await store.putEntities([project])
      expect(await countOf(store)).toEqual({ count: 1, unique: 0 })
      expect(await store.verify()).toEqual([])
      await store.close()
    })

    test('entities are listed as they came into being, page by page, and those that nobody put are not', async () => {
      const store = await openStore()
      await append(store, { entityId: 'never put' })
      const of = (entityType: string, entityId: string, ownerId: string) => ({
        ...project,
        entityType,
        entityId,
        ownerId,
      })
      await store.putEntities([of('project', '1', 'a'), of('page', '1', 'a'), of('project', '2', 'b')])
      const ids = async (query: Parameters<Store['entities']>[0]) => {
        const { items, nextCursor } = await store.entities(query)
        return [...items.map(({ entityType, entityId }) => `${entityType} ${entityId}`), nextCursor]
      }
      expect(await ids({ limit: 3 })).toEqual(['project 1', 'page 1', 'project 2', null])
      expect(await ids({ entityType: 'project', limit: 3 })).toEqual(['project 1', 'project 2', null])
      expect(await ids({ ownerId: 'a', limit: 3 })).toEqual(['project 1', 'page 1', null])
      expect(await ids({ ownerId: 'a', entityType: 'page', limit: 3 })).toEqual(['page 1', null])
      const { items, nextCursor } = await store.entities({ limit: 2 })
      expect(items).toEqual([await store.entity('project', '1'), await store.entity('page', '1')])
      expect(await ids({ limit: 2, cursor: nextCursor ?? '' })).toEqual(['project 2', null])
      await store.close()
    })

    test('a session is its events, from the first to the last', async () => {
      const store = await openStore()
      const sessionId = '00000000-0000-4000-8000-000000000001'
      expect(await store.session(sessionId)).toBeUndefined()
      const at = (minutes: number, eventType: string) => ({ sessionId, eventType, occurredAt: noon + minutes * minute })
      await append(store, at(2, 'view'), at(0, 'session_start'), at(5, 'impression'), at(1, 'view'), {})
      expect(await store.session(sessionId)).toEqual({
        startedAt: noon,
        endedAt: noon + 5 * minute,
        interactions: 4,
      })
      await store.close()
    })

    test('preferences add up by user, dimension and value, across a restart', async () => {
      const place = make()
      const before = await place.open()
      const ann = { id: 'ann', type: null, traits: null }
      const change = { actor: ann, dimension: 'genre', value: 'jazz', delta: 2 }
      expect(await before.changePreference(change)).toBe(2)
      expect(await before.changePreference({ ...change, delta: -1 })).toBe(1)
      expect(await before.changePreference({ ...change, value: 'folk', delta: -1 })).toBe(0)
      await before.close()
      const after = await place.open()
      expect(await after.changePreference({ ...change, dimension: 'mood' })).toBe(2)
      expect(await after.preferences('ann')).toEqual({ genre: { jazz: 1 }, mood: { jazz: 2 } })
      expect(await after.preferences('ben')).toEqual({})
      await after.close()
    })

    test('an activation is replaced only as it was read', async () => {
      const store = await openStore()
      const activation: Activation = {
        ...{ id: '00000000-0000-7000-8000-000000000001', entityType: 'project', entityId: '42', partner: 'p' },
        ...{ kind: 'spotlight', startsAt: 1, endsAt: 2, status: 'draft', tokenHash: 'h', createdAt: 3 },
      }
      expect(await store.addActivation(activation, true)).toBe(false)
      expect(await store.activation(activation.id)).toBeUndefined()
      expect(await store.addActivation(activation, false)).toBe(true)
      const active: Activation = { ...activation, status: 'active', endsAt: 9, tokenHash: 'i' }
      expect(await store.replaceActivation(activation, active)).toBe(true)
      expect(await store.replaceActivation(activation, { ...activation, status: 'cancelled' })).toBe(false)
      expect(await store.activation(activation.id)).toEqual(active)
      expect(await store.activations({ limit: 1 })).toEqual({ items: [active], nextCursor: null })
      expect(await store.entity('project', '42'), 'it is not put by that').toBeUndefined()
      await store.close()
    })

    test('counts tell events from distinct viewers: the actor, else the device, else the session', async () => {
      const store = await openStore()
      const device = (n: number) => `00000000-0000-4000-8000-00000000000${n}`
      await append(
        store,
        { anonymousId: device(1) },
        { anonymousId: device(1), sessionId: device(8) },
        { anonymousId: device(2) },
        { sessionId: device(1) },
        { actor: { id: 'user-1', type: null, traits: null }, anonymousId: device(1) },
        { actor: { id: 'user-1', type: null, traits: null }, anonymousId: device(3) },
        {},
      )
      expect(await countOf(store)).toEqual({ count: 7, unique: 4 })
      expect(await store.verify()).toEqual([])
      await store.close()
    })

    test('bots are stored, and counted neither as events nor as viewers', async () => {
      const store = await openStore()
      const anonymousId = '00000000-0000-4000-8000-000000000001'
      const bot = newEvent({ anonymousId, bot: 'user_agent' })
      expect(await store.append([bot, newEvent({ anonymousId, bot: 'webdriver datacenter' })])).toEqual([
        'stored',
        'stored',
      ])
      expect(await countOf(store)).toEqual({ count: 0, unique: 0 })
      expect(await store.append([bot, newEvent({ anonymousId })])).toEqual(['duplicate', 'stored'])
      expect(await countOf(store)).toEqual({ count: 1, unique: 1 })
      expect(await store.verify()).toEqual([])
      await store.close()
    })

    test('a viewer who is known for the day alone comes before the session, and after the device', async () => {
      const store = await openStore()
      const [one, two] = ['00000000000000aa', '00000000000000bb']
      const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`
      await append(
        store,
        { dayViewer: one, sessionId: id(1) },
        { dayViewer: one, sessionId: id(2) },
        { dayViewer: two, sessionId: id(1) },
        { dayViewer: two, anonymousId: id(3) },
      )
      expect(await countOf(store)).toEqual({ count: 4, unique: 3 })
      expect(await store.verify()).toEqual([])
      await store.close()
    })

    test('a viewer who comes back on another day is still one viewer', async () => {
      const store = await openStore()
      const anonymousId = '00000000-0000-4000-8000-000000000001'
      const day = 86_400_000
      await append(store, { anonymousId, occurredAt: noon }, { anonymousId, occurredAt: noon - day })
      expect((await countOf(store))?.unique).toBe(1)
      await append(store, { anonymousId, occurredAt: noon - 2 * day })
      expect(await countOf(store)).toEqual({ count: 3, unique: 1 })
      expect(await store.verify()).toEqual([])
      await store.close()
    })

    test('what is unknown or private counts zero', async () => {
      const store = await openStore()
      await append(store, {})
      expect(await countOf(store, 'nobody')).toEqual({ count: 0, unique: 0 })
      expect(await countOf(store, '42', 'nothing')).toEqual({ count: 0, unique: 0 })
      await store.putEntities([{ ...project, visibility: 'private' }])
      expect(await countOf(store)).toEqual({ count: 0, unique: 0 })
      await store.close()
    })

    test('counts keep to what is committed across a restart', async () => {
      const place = make()
      const before = await place.open()
      await append(before, {}, {})
      await before.close()
      const after = await place.open()
      await append(after, {})
      expect((await countOf(after))?.count).toBe(3)
      expect(await after.verify()).toEqual([])
      await after.close()
    })

    test('appends at the same time are all settled, each with its own answers', async () => {
      const store = await openStore()
      const event = newEvent()
      const settled = await Promise.all(Array.from({ length: 20 }, () => store.append([event, newEvent()])))
      expect(settled.filter(([first]) => first === 'stored')).toHaveLength(1)
      expect(settled.every(([, second]) => second === 'stored')).toBe(true)
      expect((await countOf(store))?.count).toBe(21)
      await store.close()
    })

    test('a probe commits nothing that anybody sees, and a flush leaves nothing to fold', async () => {
      const store = await openStore()
      await store.probe()
      expect(store.fault()).toBeUndefined()
      const appended = append(store, {}, {})
      await store.flush()
      expect(await appended).toEqual(['stored', 'stored'])
      const { asOf } = await store.counts({ entityType: 'project', entityIds: ['42'], eventTypes: ['view'] })
      expect(asOf).toBeNull()
      expect((await store.size()).bytes).toBeGreaterThan(0)
      await store.close()
    })

    test('keys are kept, and revoked once, or sooner than was said', async () => {
      const store = await openStore()
      const stored = {
        id: 'k1',
        kind: 'write',
        text: 't',
        hash: 'h',
        origins: ['https://a.example'],
        createdAt: 1,
      } as const
      await store.addKey({ ...stored, revokedAt: null })
      expect(await store.keys()).toEqual([{ ...stored, revokedAt: null }])
      expect(await store.revokeKey('k1', 5)).toBe(true)
      expect(await store.revokeKey('k1', 6)).toBe(false)
      expect(await store.keys()).toEqual([{ ...stored, revokedAt: 5 }])
      expect(await store.revokeKey('k1', 4)).toBe(true)
      expect(await store.keys()).toEqual([{ ...stored, revokedAt: 4 }])
      await store.close()
    })
  })
}
