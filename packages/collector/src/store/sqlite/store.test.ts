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

  test('a file that is no database is refused with a sentence', async () => {
    const { writeFileSync } = await import('node:fs')
    const file = join(tempFolder(), 'letter.db')
    writeFileSync(file, 'Dear Sir or Madam, '.repeat(100))
    await expect(openSqliteStore({ file, windows })).rejects.toMatchObject({ code: 'unusable' })
  })
})
