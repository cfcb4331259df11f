import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newEvent } from '../../testing/events.ts'
import { dayMs } from './days.ts'
import { Folder } from './fold.ts'
import { Log } from './log.ts'
import { migrate } from './migrate.ts'
import { Reader } from './reader.ts'

const noon = Date.UTC(2026, 0, 15, 12)
const device = (n: number) => `00000000-0000-4000-8000-00000000000${n}`
const query = { entityType: 'project', entityIds: ['1', '2', 'hidden'], eventTypes: ['view', 'save'] }
const hidden = {
  ...{ entityType: 'project', entityId: 'hidden', visibility: 'private' as const },
  ...{ title: null, ownerId: null, publishedAt: null, metadata: null },
}

const someEvent = fc
  .record({
    eventType: fc.constantFrom(...query.eventTypes),
    entityType: fc.constantFrom('project', 'song'),
    entityId: fc.constantFrom(...query.entityIds),
    anonymousId: fc.constantFrom(device(1), device(2), null),
    sessionId: fc.constantFrom(device(3), null),
    clientKey: fc.constantFrom('a client', null),
    bot: fc.constantFrom('user_agent', null, null),
    actor: fc.constantFrom(
      { id: 'user-1', type: null, traits: null },
      { id: 'user-2', type: null, traits: null },
      null,
    ),
    occurredAt: fc.nat(3).map((days) => noon - days * dayMs),
  })
  .map((fields) => newEvent({ ...fields, receivedAt: noon }))

function openLog(dailyCap = 0) {
  const db = new Database(':memory:')
  migrate(db)
  const log = new Log(db, dailyCap)
  log.entities.put(hidden)
  return { db, log, folder: new Folder(db), reader: new Reader(db) }
}

test('what is pending is counted as it will be once it is folded', () => {
  fc.assert(
    fc.property(fc.array(someEvent, { maxLength: 30 }), fc.array(someEvent, { maxLength: 30 }), (folded, pending) => {
      const { db, log, folder, reader } = openLog(3)
      for (const event of folded) log.append(event)
      folder.grown(log.committed())
      while (folder.step());
      db.exec(`INSERT INTO frozen (id, before_day) VALUES (1, ${Math.floor(noon / dayMs) - 2})`)
      for (const event of pending) log.append(event)
      folder.grown(log.committed())
      const before = reader.counts(query)
      expect(before.isComplete).toBe(true)
      while (folder.step());
      expect(reader.counts(query)).toEqual(before)
      db.close()
    }),
  )
})

test('with too much pending the counts are those that were folded, and say so', () => {
  const { db, log, folder, reader } = openLog()
  const viewsOf = () => reader.counts(query).answer.counts['1']?.view
  for (let n = 0; n < 2001; n++) log.append(newEvent({ entityId: '1', anonymousId: device(n % 7) }))
  folder.grown(log.committed())
  expect(reader.counts(query).isComplete).toBe(false)
  expect(viewsOf()).toEqual({ count: 0, unique: 0 })
  while (folder.step());
  expect(reader.counts(query).isComplete).toBe(true)
  expect(viewsOf()).toEqual({ count: 2001, unique: 7 })
  db.close()
})
