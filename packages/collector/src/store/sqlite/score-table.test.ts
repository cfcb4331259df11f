import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { newEvent } from '../../testing/events.ts'
import { tempFolder } from '../../testing/temp-folder.ts'
import { openSqliteStore } from './store.ts'

test('a refresh computes every score anew from what is counted, however many there are', async () => {
  const file = join(tempFolder(), 'scores.db')
  const windows = { byType: {}, fallbackMs: 0 }
  const plan = { passive: [], roles: { view: ['view'], save: ['save'] } }
  const store = await openSqliteStore({ file, windows, plan })
  const ids = Array.from({ length: 2500 }, (_, n) => String(n))
  await store.append(ids.flatMap((entityId) => [newEvent({ entityId }), newEvent({ entityId, eventType: 'save' })]))
  await store.flush()
  const db = new Database(file)
  db.exec('UPDATE entity_score SET score = 99')
  expect(await store.verify()).toEqual([
    'entity_score: 2500 of its rows differ from the log, and 0 that the log has are missing',
  ])
  expect(await store.refreshScores()).toBe(2500)
  expect(db.prepare('SELECT DISTINCT score FROM entity_score').pluck().all()).toEqual([30])
  expect(await store.verify()).toEqual([])
  db.exec('DELETE FROM entity_score WHERE entity = 1')
  expect(await store.verify()).toEqual([
    'entity_score: 0 of its rows differ from the log, and 1 that the log has are missing',
  ])
  db.close()
  await store.close()
})
