import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newEvent } from '../../testing/events.ts'
import { tempFolder } from '../../testing/temp-folder.ts'
import type { NewEvent } from '../store.ts'
import { Dedupe, type DedupeWindows } from './dedupe.ts'
import { Log } from './log.ts'
import { migrate } from './migrate.ts'
import { openSqliteStore } from './store.ts'

const minute = 60_000
const start = Date.UTC(2026, 0, 15, 12)
const windows: DedupeWindows = { byType: { view: 5 * minute, read: 40 * minute, blink: 1 }, fallbackMs: minute }
const windowOf = (type: string) => windows.byType[type] ?? windows.fallbackMs
const quarter = 15 * minute

interface Sent {
  type: string
  key: string
  occurredAt: number
  receivedAt: number
}

/** The plain rule: a stored event of the same key, still remembered, lies less than a window away. */
function isRepeat(stored: readonly Sent[], event: Sent): boolean {
  const windowMs = windowOf(event.type)
  return stored.some(
    (other) =>
      other.key === event.key &&
      other.receivedAt + Math.max(quarter, windowMs) > event.receivedAt &&
      Math.abs(other.occurredAt - event.occurredAt) < windowMs,
  )
}

const keysByType: Record<string, string[]> = {
  view: ['00000000000000a1', 'ffffffffffffffff'],
  read: ['00000000000000b1', '0000000100000000'],
  blink: ['00000000000000c1'],
  like: ['80000000000000d1', '0000000000000000'],
}
const sending = fc.constantFrom(...Object.keys(keysByType)).chain((type) =>
  fc.record({
    type: fc.constant(type),
    key: fc.constantFrom(...(keysByType[type] ?? [])),
    /** How long after the one before it is received, and how long before that it occurred. */
    later: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 6 * minute })),
    late: fc.oneof(
      fc.constantFrom(0, 1, minute - 1, minute, 5 * minute - 1, 5 * minute, 5 * minute + 1),
      fc.integer({ min: -minute, max: 60 * minute }),
    ),
  }),
)
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('send' as const), sending }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('commit' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rollback' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
)

/** A writer's log in memory, with transactions that a test begins and ends. */
function memoryLog() {
  const db = new Database(':memory:')
  migrate(db)
  let log = new Log(db)
  const within = () => db.inTransaction || db.exec('BEGIN')
  return {
    append(event: NewEvent) {
      within()
      return log.append(event)
    },
    commit() {
      if (!db.inTransaction) return
      db.exec('COMMIT')
      log.committed()
    },
    rollback() {
      if (db.inTransaction) db.exec('ROLLBACK')
      log.rolledBack()
    },
    /** As after a crash: what was not committed never happened, and memory is empty. */
    restart(now: number) {
      if (db.inTransaction) db.exec('ROLLBACK')
      log = new Log(db)
      log.dedupe.refill(db, windows, now)
    },
    close: () => db.close(),
  }
}

describe('dedupe windows', () => {
  test('agree with the plain rule in any history of commits, rollbacks and restarts', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const log = memoryLog()
        let now = start
        let stored: Sent[] = []
        let pending: Sent[] = []
        for (const step of steps) {
          if (step.do === 'send') {
            const { type, key, later, late } = step.sending
            now += later
            const event = { type, key, receivedAt: now, occurredAt: now - late }
            const expected = isRepeat([...stored, ...pending], event) ? 'duplicate' : 'stored'
            const dedupe = { key, windowMs: windowOf(type) }
            expect(log.append(newEvent({ eventType: type, dedupe, receivedAt: now, occurredAt: now - late }))).toBe(
              expected,
            )
            if (expected === 'stored') pending.push(event)
          } else if (step.do === 'commit') {
            log.commit()
            stored = [...stored, ...pending]
            pending = []
          } else {
            if (step.do === 'rollback') log.rollback()
            else log.restart(now)
            pending = []
          }
        }
        log.close()
      }),
      { numRuns: 200 },
    )
  })

  test('hold after a restart for everything that was received in time, however much it was', () => {
    const db = new Database(':memory:')
    onTestFinished(() => void db.close())
    migrate(db)
    const log = new Log(db)
    const events = Array.from({ length: 5000 }, (_, n) =>
      newEvent({
        eventType: n % 2 ? 'view' : 'read',
        dedupe: { key: n.toString(16).padStart(16, '0'), windowMs: n % 2 ? 5 * minute : 40 * minute },
        receivedAt: start + n * 1000,
        occurredAt: start + n * 1000,
      }),
    )
    for (const event of events) expect(log.append(event)).toBe('stored')
    log.committed()
    const now = start + 5000 * 1000
    const after = new Dedupe()
    after.refill(db, windows, now)
    for (const { dedupe, receivedAt, occurredAt } of events) {
      const remembered = receivedAt + Math.max(quarter, dedupe?.windowMs ?? 0) > now
      expect(after.isRepeat(dedupe?.key ?? '', occurredAt, dedupe?.windowMs ?? 0, now)).toBe(remembered)
    }
  })

  test('hold after a restart for what was received before the clock was set back', () => {
    const db = new Database(':memory:')
    onTestFinished(() => void db.close())
    migrate(db)
    const log = new Log(db)
    const dedupe = { key: 'a1b2c3d4e5f60718', windowMs: 5 * minute }
    log.append(newEvent({ dedupe, receivedAt: start }))
    for (let n = 0; n < 10; n++) log.append(newEvent({ receivedAt: start - 3 * 3_600_000 + n }))
    log.committed()
    const after = new Dedupe()
    after.refill(db, windows, start)
    expect(after.isRepeat(dedupe.key, start, dedupe.windowMs, start)).toBe(true)
  })

  test.each(['constructor', 'valueof', 'hasownproperty'])(
    'hold after a restart for an event type that is called %s',
    async (eventType) => {
      const file = join(tempFolder(), 'odd.db')
      const event = () =>
        newEvent({
          eventType,
          dedupe: { key: 'a1b2c3d4e5f60718', windowMs: minute },
          receivedAt: start,
          occurredAt: start,
        })
      const before = await openSqliteStore({ file, windows, now: () => start })
      expect(await before.append([event()])).toEqual(['stored'])
      await before.close()
      const after = await openSqliteStore({ file, windows, now: () => start })
      expect(await after.append([event()])).toEqual(['duplicate'])
      await after.close()
    },
  )

  test('hold within a transaction, and not for what was rolled back', () => {
    const dedupe = new Dedupe()
    const repeats = () => dedupe.isRepeat('a1b2c3d4e5f60718', start, minute, start)
    expect([repeats(), repeats()]).toEqual([false, true])
    dedupe.rolledBack()
    expect([repeats(), repeats()]).toEqual([false, true])
    dedupe.committed()
    dedupe.rolledBack()
    expect(repeats()).toBe(true)
  })
})
