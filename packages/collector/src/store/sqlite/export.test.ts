import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newEvent } from '../../testing/events.ts'
import { tempFolder } from '../../testing/temp-folder.ts'
import type { Activation, NewEvent, Store } from '../store.ts'
import { exportedTables } from './exported-tables.ts'
import { stageFrozen } from './frozen-stage.ts'
import { importLines } from './import.ts'
import { migrate } from './migrate.ts'
import { openSqliteStore } from './store.ts'

const windows = { byType: {}, fallbackMs: 60_000 }
const noon = Date.UTC(2026, 0, 15, 12)
const open = (file: string) => openSqliteStore({ file, windows, dailyCap: 1, now: () => noon })

async function linesOf(store: Store): Promise<string[]> {
  let text = ''
  for await (const chunk of store.export()) text += chunk
  return text.trimEnd().split('\n')
}

async function* each(lines: readonly string[]) {
  yield* lines
}

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })
const json = fc.dictionary(text, fc.jsonValue()).map((value) => JSON.stringify(value))
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })

const activation: Activation = {
  ...{ id: '0198a0a0-0000-7000-8000-000000000001', entityType: 'project', entityId: '=1', partner: 'Ünï' },
  ...{ kind: 'promoted', startsAt: 1, endsAt: noon, status: 'fulfilled', tokenHash: 'h', createdAt: 2 },
}

const anyEvent: fc.Arbitrary<NewEvent> = fc
  .record({
    id: fc.uuid(),
    trust: fc.constantFrom('public' as const, 'server' as const),
    eventType: fc.constantFrom('view', 'constructor', 'save'),
    entityId: fc.oneof(text, fc.constant('popular')),
    actor: orNull(fc.record({ id: text, type: orNull(text), traits: orNull(json) })),
    anonymousId: orNull(fc.uuid()),
    sessionId: orNull(fc.uuid()),
    dayViewer: orNull(fc.constantFrom('00000000000000aa', 'ffffffffffffff01')),
    clientKey: orNull(fc.constant('c1')),
    surface: orNull(text),
    position: orNull(fc.nat()),
    durationMs: orNull(fc.double({ min: 0, max: 86_400_000, noNaN: true })),
    completed: orNull(fc.boolean()),
    props: orNull(json),
    campaign: orNull(json),
    arrival: orNull(json),
    device: orNull(json),
    page: orNull(json),
    channel: orNull(text),
    agent: orNull(json),
    country: orNull(fc.constantFrom('NZ', 'DE')),
    region: orNull(text),
    bot: orNull(fc.constant('agent')),
    occurredAt: fc.integer({ min: noon - 86_400_000, max: noon }),
    dedupe: orNull(fc.record({ key: fc.constant('a1b2c3d4e5f60718'), windowMs: fc.constant(1) })),
  })
  .map((fields) => newEvent(fields))

describe('an export', () => {
  test('taken in again is the same store: every line of its own export, and every count', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { maxLength: 30 }), async (events) => {
        const folder = tempFolder()
        const store = await open(join(folder, 'a.db'))
        await store.addKey({
          id: 'k1',
          kind: 'write',
          text: 't',
          hash: 'h',
          origins: ['https://a.example'],
          createdAt: 1,
          revokedAt: null,
        })
        await store.putEntities([
          {
            entityType: 'page',
            entityId: 'p',
            title: 'Ünï',
            ownerId: 'o',
            publishedAt: noon,
            visibility: 'private',
            metadata: { a: [1] },
          },
        ])
        await store.addActivation(activation, false)
        const outcomes = await store.append(events)
        for (const { actor } of events) {
          if (actor) await store.changePreference({ actor, dimension: 'genre', value: actor.id, delta: 3 })
        }
        const lines = await linesOf(store)

        const copied = join(folder, 'b.db')
        await importLines(copied, each(lines))
        const copy = await open(copied)
        expect(await linesOf(copy)).toEqual(lines)
        expect(await copy.keys()).toEqual(await store.keys())
        expect(await copy.entity('page', 'p')).toEqual(await store.entity('page', 'p'))
        const query = {
          entityType: 'project',
          entityIds: [...new Set(events.map(({ entityId }) => entityId ?? ''))],
          eventTypes: ['view', 'save'],
        }
        expect(await copy.counts(query)).toEqual(await store.counts(query))
        expect(await copy.activation(activation.id)).toEqual(activation)
        for (const { actor } of events) {
          if (actor) expect(await copy.preferences(actor.id)).toEqual(await store.preferences(actor.id))
        }
        expect(await copy.verify()).toEqual([])
        // What was a repeat of another by its dedupe key may be stored now: an export has ids, and not these keys.
        const stored = events.filter((_, n) => outcomes[n] === 'stored')
        expect(await copy.append(stored)).toEqual(stored.map(() => 'duplicate'))
        await Promise.all([store.close(), copy.close()])
      }),
      { numRuns: 10 },
    )
  })

  test('speaks the words of the wire', async () => {
    const store = await open(join(tempFolder(), 'a.db'))
    const id = '0198a0a0-0000-7000-8000-000000000001'
    await store.append([
      newEvent({ id, actor: { id: 'u1', type: 'fan', traits: null }, completed: true, props: '{"a":1}' }),
    ])
    const [header, ...lines] = (await linesOf(store)).map((line) => JSON.parse(line))
    expect(header).toEqual({ kind: 'export', version: 1, exportedAt: noon })
    expect(lines).toEqual([
      { kind: 'entity', entityType: 'project', entityId: '42', registered: false, private: false },
      { kind: 'actor', actorId: 'u1', actorType: 'fan' },
      {
        kind: 'event',
        id,
        trust: 0,
        receivedAt: noon,
        occurredAt: noon,
        eventType: 'view',
        entityType: 'project',
        entityId: '42',
        actorId: 'u1',
        source: 'web',
        completed: true,
        props: { a: 1 },
      },
    ])
    await store.close()
  })

  test('says which events were too many of a client, and they stay so', async () => {
    const folder = tempFolder()
    const store = await open(join(folder, 'a.db'))
    await store.append([newEvent({ clientKey: 'c1' }), newEvent({ clientKey: 'c1' }), newEvent({ clientKey: 'c2' })])
    const lines = await linesOf(store)
    const events = lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'event')
    expect(events.map(({ overCap }) => overCap)).toEqual([undefined, true, undefined])
    await importLines(join(folder, 'b.db'), each(lines))
    const copy = await open(join(folder, 'b.db'))
    const query = { entityType: 'project', entityIds: ['42'], eventTypes: ['view'] }
    expect((await copy.counts(query)).answer.counts).toEqual({ 42: { view: { count: 2, unique: 0 } } })
    await Promise.all([store.close(), copy.close()])
  })

  test('holds every table that is not made from others', () => {
    const db = new Database(':memory:')
    migrate(db)
    stageFrozen(db)
    const tables = db
      .prepare<[], string>(`
        SELECT name FROM (SELECT * FROM sqlite_schema UNION ALL SELECT * FROM sqlite_temp_schema)
        WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
      .pluck()
      .all()
    const folded = ['projection', 'entity_total', 'entity_day_viewer', 'fact_day', 'fact_part', 'fact', 'session_span']
    const summedUp = ['day_summary', 'day_viewers', 'past', 'entity_score', 'frozen_viewers']
    const kept = ['daily_cap', 'dictionary', 'term', 'viewer', 'session', 'probe']
    const made = ['session_hour', ...kept, ...folded, ...summedUp]
    const exported = exportedTables.map(({ name }) => name)
    expect(tables.filter((name) => !made.includes(name)).toSorted()).toEqual([...new Set(exported)].toSorted())
    db.close()
  })
})

describe('an import', () => {
  const header = '{"kind":"export","version":1,"exportedAt":1}'

  test.each([
    ['another file', ['{"a":1}'], 'line 1: is not the beginning'],
    ['nothing', [], 'no line'],
    ['a later version', ['{"kind":"export","version":9}'], 'line 1: has version 9'],
    ['a line that is cut off', [header, '{"kind":"act'], 'line 2: '],
    ['a kind that nobody knows', [header, '{"kind":"dream"}'], "line 2: there is no kind 'dream'"],
    [
      'a field that nobody knows',
      [header, '{"kind":"actor","actorId":"a","mood":1}'],
      "line 2: actor has no field 'mood'",
    ],
    ['an event on nothing', [header, '{"kind":"event","actorId":"nobody"}'], 'line 2: names an actor'],
    ['an event without its id', [header, '{"kind":"event","eventType":"view"}'], 'line 2: NOT NULL'],
  ])('refuses %s with the line’s number, and leaves nothing behind', async (_, lines, sentence) => {
    const folder = tempFolder()
    const file = join(folder, 'new.db')
    await expect(importLines(file, each(lines))).rejects.toThrow(sentence)
    const { readdirSync } = await import('node:fs')
    expect(readdirSync(folder)).toEqual(['new.db-lock'])
  })

  test('leaves a database alone that exists', async () => {
    const file = join(tempFolder(), 'a.db')
    await (await open(file)).close()
    await expect(importLines(file, each([header]))).rejects.toThrow('exists already')
  })
})
