import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newEvent } from '../../testing/events.ts'
import { tempFolder } from '../../testing/temp-folder.ts'
import type { NewEvent, Store } from '../store.ts'
import { Folder } from './fold.ts'
import { Log } from './log.ts'
import { migrate } from './migrate.ts'
import { openSqliteStore } from './store.ts'

const day = 86_400_000
const noon = Date.UTC(2026, 0, 15, 12)
const windows = { byType: {}, fallbackMs: 60_000 }
const device = (n: number) => `00000000-0000-4000-8000-00000000000${n}`
const types = ['view', 'save']
const entities = ['1', '2', '3']

const funnels = [{ steps: [{ eventType: 'view' }, { eventType: 'save' }], windowMs: day }]
const open = (file: string) => openSqliteStore({ file, windows, funnels, now: () => noon })

/** Changes a file behind the collector's back. */
function tamper(file: string, sql: string): void {
  const db = new Database(file)
  db.exec(sql)
  db.close()
}

async function countsOf(store: Store) {
  const { answer } = await store.counts({ entityType: 'project', entityIds: entities, eventTypes: types })
  return answer.counts
}

/** Counted by hand: events, and the distinct viewers behind them. */
function byHand(events: readonly NewEvent[]) {
  const of = (entityId: string, eventType: string) =>
    events.filter((event) => event.entityId === entityId && event.eventType === eventType && event.bot === null)
  const viewer = ({ actor, anonymousId, dayViewer, sessionId }: NewEvent) =>
    (actor && `u${actor.id}`) ??
    (anonymousId && `a${anonymousId}`) ??
    (dayViewer && `d${dayViewer}`) ??
    (sessionId && `s${sessionId}`)
  const count = (list: readonly NewEvent[]) => ({
    count: list.length,
    unique: new Set(list.map(viewer).filter((name) => name !== null)).size,
  })
  return Object.fromEntries(
    entities.map((id) => [id, Object.fromEntries(types.map((type) => [type, count(of(id, type))]))]),
  )
}

const someEvent = fc
  .record({
    eventType: fc.constantFrom(...types),
    entityId: fc.constantFrom(...entities, null),
    anonymousId: fc.constantFrom(device(1), device(2), null),
    dayViewer: fc.constantFrom('00000000000000aa', '00000000000000bb', null),
    sessionId: fc.constantFrom(device(1), device(3), null),
    bot: fc.constantFrom('user_agent', 'user_agent datacenter', null, null),
    actor: fc.constantFrom(
      { id: 'user-1', type: null, traits: null },
      { id: '1', type: 'admin', traits: '{"a":1}' },
      null,
    ),
    occurredAt: fc.integer({ min: noon - 3 * day, max: noon }),
  })
  .map((fields) => newEvent({ ...fields, entityType: fields.entityId === null ? null : 'project', receivedAt: noon }))

const someStep = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('append' as const), events: fc.array(someEvent, { maxLength: 12 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('count' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fold' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
)

describe('counts', () => {
  test('agree with a count by hand after any history of appends, reads, folds and restarts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someStep, { maxLength: 12 }), async (steps) => {
        const file = join(tempFolder(), 'history.db')
        let store = await open(file)
        const sent: NewEvent[] = []
        for (const step of steps) {
          if (step.do === 'append') {
            const outcomes = await store.append(step.events)
            expect(outcomes).toEqual(step.events.map(() => 'stored'))
            sent.push(...step.events)
          } else if (step.do === 'count') {
            expect(await countsOf(store)).toEqual(byHand(sent))
          } else if (step.do === 'fold') {
            await store.flush()
          } else {
            await store.close()
            store = await open(file)
          }
        }
        expect(await countsOf(store)).toEqual(byHand(sent))
        expect(await store.verify()).toEqual([])
        await store.close()
      }),
      { numRuns: 15 },
    )
  })

  test('know every acknowledged event at once, while others are being appended', async () => {
    const store = await open(join(tempFolder(), 'busy.db'))
    let acknowledged = 0
    const writing = Array.from({ length: 10 }, async () => {
      for (let n = 0; n < 20; n++) {
        await store.append(Array.from({ length: 5 }, () => newEvent({ entityId: '1' })))
        acknowledged += 5
        const atLeast = acknowledged
        expect((await countsOf(store))['1']?.view?.count).toBeGreaterThanOrEqual(atLeast)
      }
    })
    await Promise.all(writing)
    expect((await countsOf(store))['1']?.view?.count).toBe(1000)
    expect(await store.verify()).toEqual([])
    await store.close()
  })

  test('are the same however the log is cut into steps', () => {
    const db = new Database(':memory:')
    migrate(db)
    const log = new Log(db)
    for (let n = 0; n < 600; n++) {
      log.append(newEvent({ entityId: String(n % 3), anonymousId: device(n % 7), occurredAt: noon - (n % 5) * day }))
    }
    log.committed()
    const folder = new Folder(db)
    expect(folder.pending).toBe(600)
    let steps = 1
    while (folder.step()) steps++
    expect(steps).toBeGreaterThan(2)
    expect(folder.pending).toBe(0)
    expect(folder.verify()).toEqual([])
    expect(db.prepare('SELECT sum(count), sum(viewers) FROM entity_total').raw().get()).toEqual([600, 21])
    db.close()
  })
})

describe('a projection', () => {
  test('that is added later takes in the whole log by itself', async () => {
    const file = join(tempFolder(), 'later.db')
    const events = Array.from({ length: 5000 }, (_, n) =>
      newEvent({ entityId: String((n % 3) + 1), anonymousId: device(n % 4) }),
    )
    const before = await open(file)
    await before.append(events)
    await before.close()
    tamper(
      file,
      "DELETE FROM projection WHERE name = 'entity_counts'; DELETE FROM entity_total; DELETE FROM entity_day; DELETE FROM entity_day_viewer",
    )
    const after = await open(file)
    await expect.poll(() => countsOf(after)).toEqual(byHand(events))
    expect(await after.verify()).toEqual([])
    await after.close()
  })

  test('whose step fails is left where it was, and goes on when the reason is gone', () => {
    const db = new Database(':memory:')
    migrate(db)
    const log = new Log(db)
    for (let n = 0; n < 10; n++) log.append(newEvent({ anonymousId: device(n % 2) }))
    log.committed()
    const folder = new Folder(db)
    db.exec(`CREATE TRIGGER full BEFORE INSERT ON entity_total BEGIN SELECT RAISE(ABORT, 'no room'); END`)
    expect(() => folder.step()).toThrow('no room')
    expect(db.prepare('SELECT count(*) FROM entity_day').pluck().get()).toBe(0)
    expect(db.prepare("SELECT count(*) FROM projection WHERE name = 'entity_counts'").pluck().get()).toBe(0)
    expect(folder.pending).toBe(10)
    db.exec('DROP TRIGGER full')
    while (folder.step());
    expect(folder.verify()).toEqual([])
    expect(db.prepare('SELECT count, viewers FROM entity_total').raw().all()).toEqual([[10, 2]])
    db.close()
  })

  test('that another process has folded meanwhile is not folded twice', async () => {
    const file = join(tempFolder(), 'two.db')
    const one = await open(file)
    await one.append([newEvent({ anonymousId: device(1) }), newEvent({ anonymousId: device(2) })])
    const other = await openSqliteStore({ file })
    expect(await other.verify()).toEqual([])
    await one.append([newEvent({ anonymousId: device(2) })])
    expect(await one.verify()).toEqual([])
    expect(await other.verify()).toEqual([])
    const query = { entityType: 'project', entityIds: ['42'], eventTypes: ['view'] }
    for (const store of [one, other]) {
      expect((await store.counts(query)).answer.counts['42']?.view).toEqual({ count: 3, unique: 2 })
    }
    await other.close()
    await one.close()
  })
})

test('rows that another process has changed since they were read are read again', () => {
  const file = join(tempFolder(), 'changed.db')
  const db = new Database(file)
  migrate(db)
  const log = new Log(db)
  for (let n = 0; n < 200; n++) log.append(newEvent({ anonymousId: device(n % 7) }))
  log.committed()
  const folder = new Folder(db)
  folder.step()
  tamper(file, "UPDATE event SET country = 'NZ'")
  while (folder.step());
  expect(folder.verify()).toEqual([])
  db.close()
})

describe('verify notices', () => {
  test.each([
    ['a count that was raised', 'UPDATE entity_total SET count = count + 1', 'entity_total'],
    ['a count of viewers that was changed', 'UPDATE entity_total SET viewers = viewers - 1', 'entity_total'],
    ['a day’s count that was changed', 'UPDATE entity_day SET count = count * 2', 'entity_day'],
    ['a row that was deleted', 'DELETE FROM entity_day', 'entity_day'],
    [
      'a row of something that never happened',
      'INSERT INTO entity_total (entity, type, count, viewers) VALUES (999, 999, 1, 0)',
      'entity_total',
    ],
    ['an event that was deleted from the log', 'DELETE FROM event WHERE seq = 2', 'entity_total'],
    [
      'an event that was moved to another day',
      `UPDATE event SET occurred_at = occurred_at - ${2 * day} WHERE seq = 2`,
      'entity_day',
    ],
    [
      'a day’s sums by entity that were changed',
      'UPDATE day_summary SET data = zeroblob(length(data)) WHERE kind = 4',
      'summaries of day',
    ],
    [
      'a day’s rows of a funnel that were changed',
      'UPDATE day_summary SET data = CAST(substr(data, 1, length(data) - 1) AS BLOB) WHERE kind = 7',
      'summaries of day',
    ],
    ['viewers of a day that were deleted', 'DELETE FROM day_viewers WHERE entity_type = -1', 'summaries of day'],
  ])('%s', async (_, sql, table) => {
    const file = join(tempFolder(), 'tampered.db')
    const before = await open(file)
    await before.append([1, 2, 3].map((n) => newEvent({ anonymousId: device(n) })))
    await before.flush()
    await before.summarise({ events: 1, share: 0.2 })
    expect(await before.verify()).toEqual([])
    await before.close()
    tamper(file, sql)
    const after = await open(file)
    const differences = await after.verify()
    expect(differences.length).toBeGreaterThan(0)
    expect(differences.join('\n')).toContain(table)
    await after.close()
  })
})

describe('a store that was closed', () => {
  test('refuses what comes later, closes as often as it is asked to, and has everything in the file', async () => {
    const file = join(tempFolder(), 'closed.db')
    const store = await open(file)
    const last = store.append([newEvent({ entityId: '1' })])
    await Promise.all([store.close(), store.close()])
    expect(await last).toEqual(['stored'])
    await expect(store.append([newEvent()])).rejects.toMatchObject({ code: 'unavailable' })
    await expect(store.verify()).rejects.toMatchObject({ code: 'unavailable' })
    await store.close()
    const again = await open(file)
    expect((await countsOf(again))['1']?.view?.count).toBe(1)
    await again.close()
  })
})
