import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../testing/temp-folder.ts'
import { migrate, migrations } from './migrate.ts'
import { openSqliteStore } from './store.ts'

const schemaOf = (db: Database.Database) => db.prepare('SELECT sql FROM sqlite_schema ORDER BY name').pluck().all()

describe('migrations', () => {
  test.each(migrations.map((_, version) => version + 1))(
    'from version %i lead to the schema of a new file',
    (version) => {
      const folder = tempFolder()
      const fresh = new Database(':memory:')
      migrate(fresh)
      const old = new Database(join(folder, 'old.db'))
      migrate(old, migrations.slice(0, version))
      migrate(old)
      expect(schemaOf(old)).toEqual(schemaOf(fresh))
      expect(old.pragma('user_version', { simple: true })).toBe(migrations.length)
      old.close()
    },
  )

  test('take a backup first, of the file as it was', () => {
    const folder = tempFolder()
    const db = new Database(join(folder, 'old.db'))
    migrate(db, migrations.slice(0, 1))
    db.exec("INSERT INTO dictionary (value) VALUES ('kept')")
    migrate(db)
    db.close()
    const [backup, ...more] = readdirSync(folder).filter((name) => name.includes('.backup-v1-'))
    expect(more).toEqual([])
    const copy = new Database(join(folder, backup ?? ''), { readonly: true })
    expect(copy.pragma('user_version', { simple: true })).toBe(1)
    expect(copy.prepare('SELECT value FROM dictionary').pluck().all()).toEqual(['kept'])
    copy.close()
  })

  test('leave what was stored before as it is: no event becomes a bot’s', async () => {
    const file = join(tempFolder(), 'old.db')
    const db = new Database(file)
    migrate(db, migrations.slice(0, 2))
    db.exec(`
      INSERT INTO dictionary (id, value) VALUES (1, 'view'), (2, 'page'), (3, 'web');
      INSERT INTO entity (id, type, key, registered) VALUES (1, 2, '7', 0);
      INSERT INTO event (id, trust, received_at, occurred_at, type, entity, source) VALUES (x'01', 0, 1, 1, 1, 1, 3)`)
    db.close()
    const store = await openSqliteStore({ file })
    const { answer } = await store.counts({ entityType: 'page', entityIds: ['7'], eventTypes: ['view'] })
    expect(answer.counts['7']?.view?.count).toBe(1)
    expect(await store.verify()).toEqual([])
    await store.close()
  })

  test('leave what was stored before as it is: its texts read as they did', async () => {
    const file = join(tempFolder(), 'old.db')
    const db = new Database(file)
    migrate(db, migrations.slice(0, 7))
    db.exec(`
      INSERT INTO dictionary (id, value) VALUES (1, 'view'), (2, 'web');
      INSERT INTO event (id, trust, received_at, occurred_at, type, source, page, arrival, props, duration_ms, day_viewer)
        VALUES (x'01', 0, 1, 1, 1, 2, '{"path":"/"}', '{"clickId":"7"}', '{"n":1}', 0.5, x'aa')`)
    db.close()
    const store = await openSqliteStore({ file })
    let lines = ''
    for await (const chunk of store.export()) lines += chunk
    expect(JSON.parse(lines.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      page: { path: '/' },
      arrival: { clickId: '7' },
      props: { n: 1 },
      durationMs: 0.5,
      dayViewer: 'aa',
    })
    await store.close()
  })

  test('leave what was stored before as it is: sessions count in the hours of their days', () => {
    const db = new Database(join(tempFolder(), 'old.db'))
    migrate(db, migrations.slice(0, 17))
    const [day, hour] = [86_400_000, 3_600_000]
    db.exec(`
      INSERT INTO frozen VALUES (1, 2);
      INSERT INTO session_day VALUES (1, 3, ${500 + 2 * hour}, 1), (2, 2, 1007, 1);
      INSERT INTO session_span VALUES (1, ${2 * day + 3.5 * hour}, ${2 * day + 3.5 * hour + 1000}, 2),
        (2, ${2 * day}, ${2 * day + 7}, 1), (3, ${2 * day - hour}, ${2 * day + hour}, 2)`)
    migrate(db)
    expect(db.prepare('SELECT * FROM session_hour').raw().all()).toEqual([
      [24, 2, 500, 1],
      [47, 1, 2 * hour, 0],
      [48, 1, 7, 1],
      [51, 1, 1000, 0],
    ])
    db.close()
  })

  test('a step that fails leaves the file as it was', () => {
    const db = new Database(join(tempFolder(), 'old.db'))
    migrate(db, migrations.slice(0, 1))
    const before = schemaOf(db)
    expect(() => migrate(db, [migrations[0] ?? '', 'CREATE TABLE half (x)', 'nonsense'])).toThrow(/nonsense/)
    expect(schemaOf(db)).toEqual(before)
    expect(db.pragma('user_version', { simple: true })).toBe(1)
    db.close()
  })

  test('a file of a newer version is refused with a sentence, and left as it is', async () => {
    const file = join(tempFolder(), 'newer.db')
    const db = new Database(file)
    migrate(db, [...migrations, 'CREATE TABLE from_the_future (x)'])
    db.close()
    const opening = openSqliteStore({ file })
    await expect(opening).rejects.toThrow(/was written by a newer version \(schema \d+, this one knows \d+\)/)
    const again = new Database(file, { readonly: true })
    expect(again.pragma('journal_mode', { simple: true })).toBe('delete')
    again.close()
  })
})
