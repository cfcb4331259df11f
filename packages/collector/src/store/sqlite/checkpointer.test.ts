import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test, vi } from 'vitest'
import { newEvent } from '../../testing/events.ts'
import { tempFolder } from '../../testing/temp-folder.ts'
import { Checkpointer } from './checkpointer.ts'
import { openSqliteStore } from './store.ts'

/** What the file holds without its write-ahead log. */
function eventsInFileItself(file: string): number {
  const copy = `${file}-alone`
  copyFileSync(file, copy)
  const db = new Database(copy)
  try {
    return db.prepare<[], number>('SELECT count(*) FROM event').pluck().get() ?? 0
  } finally {
    db.close()
  }
}

test('what was committed is written back into the file while the collector runs', async () => {
  const file = join(tempFolder(), 'events.db')
  const store = await openSqliteStore({ file, windows: { byType: {}, fallbackMs: 0 } })
  await store.append([newEvent(), newEvent(), newEvent()])
  await vi.waitFor(() => expect(eventsInFileItself(file)).toBe(3), 10_000)
  await store.close()
})

test('a file that cannot be opened is told of, and closing it is no trouble', async () => {
  const onTrouble = vi.fn()
  const checkpointer = new Checkpointer(join(tempFolder(), 'missing.db'), onTrouble)
  checkpointer.arrived(1)
  await vi.waitFor(() => expect(onTrouble).toHaveBeenCalledOnce(), 10_000)
  expect(onTrouble.mock.calls[0]?.[0]).toMatchObject({ code: 'internal', message: 'the checkpoint thread ended' })
  await checkpointer.close()
})
