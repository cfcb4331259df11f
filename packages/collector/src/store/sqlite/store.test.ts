import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { newEvent } from '../../testing/events.ts'
import { tempFolder } from '../../testing/temp-folder.ts'
import { storeContract } from '../contract.ts'
import { openSqliteStore } from './store.ts'

const windows = { byType: { view: 300_000 }, fallbackMs: 60_000 }

storeContract('SQLite', () => {
  const file = join(tempFolder(), 'contract.db')
  return { open: (now = Date.UTC(2026, 0, 15, 12)) => openSqliteStore({ file, windows, now: () => now }) }
})

describe('the SQLite store', () => {
  test('one poison request hurts nobody who is committed together with it', async () => {
    const store = await openSqliteStore({ file: join(tempFolder(), 'poison.db'), windows })
    const poison = { ...newEvent(), source: undefined as unknown as string }
    const [good, bad, alsoGood] = await Promise.allSettled([
      store.append([newEvent()]),
      store.append([newEvent({ entityId: 'never' }), poison]),
      store.append([newEvent()]),
    ])
    expect(good).toMatchObject({ value: ['stored'] })
    expect(alsoGood).toMatchObject({ value: ['stored'] })
    expect(bad.status).toBe('rejected')
    const query = { entityType: 'project', entityIds: ['42', 'never'], eventTypes: ['view'] }
    expect((await store.counts(query)).answer.counts).toMatchObject({
      42: { view: { count: 2 } },
      never: { view: { count: 0 } },
    })
    expect(await store.verify()).toEqual([])
    await store.close()
  })

  test('two collectors cannot have one file, while upkeep beside one can', async () => {
    const file = join(tempFolder(), 'shared.db')
    const first = await openSqliteStore({ file, windows })
    await expect(openSqliteStore({ file, windows })).rejects.toThrow(/another collector has it open/)
    const upkeep = await openSqliteStore({ file })
    expect(await upkeep.verify()).toEqual([])
    await expect(upkeep.append([newEvent()])).rejects.toThrow(/takes no events/)
    await upkeep.close()
    await first.close()
    const next = await openSqliteStore({ file, windows })
    await next.close()
  })

  test('a file of another program is refused and left as it is', async () => {
    const { default: Database } = await import('better-sqlite3')
    const file = join(tempFolder(), 'theirs.db')
    const theirs = new Database(file)
    theirs.exec('CREATE TABLE precious (x)')
    theirs.close()
    await expect(openSqliteStore({ file, windows })).rejects.toMatchObject({ code: 'unusable' })
    const again = new Database(file, { readonly: true })
    expect(again.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['precious'])
    expect(again.pragma('journal_mode', { simple: true })).toBe('delete')
    again.close()
  })

  test('a file that turns out to be damaged is written to no more, and refused from then on', async () => {
    const { closeSync, openSync, statSync, writeSync } = await import('node:fs')
    const file = join(tempFolder(), 'damaged.db')
    const filled = await openSqliteStore({ file, windows })
    // Ids in no order lie all over their index.
    const events = (count: number) => Array.from({ length: count }, () => newEvent({ id: randomUUID() }))
    await filled.append(events(3000))
    await filled.close()

    const troubles: unknown[] = []
    const store = await openSqliteStore({ file, windows, onTrouble: (error) => troubles.push(error) })
    const pages = Math.floor(statSync(file).size / 4096)
    const handle = openSync(file, 'r+')
    writeSync(handle, Buffer.alloc((pages >> 1) * 4096, 0xa5), 0, undefined, (pages >> 2) * 4096)
    closeSync(handle)

    // The thread may end before its answers are through.
    await expect(store.append(events(500))).rejects.toMatchObject({ code: expect.stringMatching(/^(unusable|ended)$/) })
    await expect.poll(() => troubles).toMatchObject([{ code: 'ended', message: expect.stringContaining('malformed') }])
    expect(store.fault()).toMatchObject({ code: 'ended' })
    await expect(store.append(events(1))).rejects.toMatchObject({ code: 'ended', told: true })
    await store.close()
    await expect(openSqliteStore({ file, windows })).rejects.toMatchObject({ code: 'unusable' })
  })

  test('a file that is no database is refused with a sentence', async () => {
    const { writeFileSync } = await import('node:fs')
    const file = join(tempFolder(), 'letter.db')
    writeFileSync(file, 'Dear Sir or Madam, '.repeat(100))
    await expect(openSqliteStore({ file, windows })).rejects.toMatchObject({ code: 'unusable' })
  })
})
