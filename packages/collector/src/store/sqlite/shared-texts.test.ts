import Database from 'better-sqlite3'
import { beforeEach, expect, test } from 'vitest'
import { Dictionary } from './dictionary.ts'
import { migrate } from './migrate.ts'
import { SharedTexts, textOf } from './shared-texts.ts'

let db: Database.Database
let dictionary: Dictionary
let texts: SharedTexts

beforeEach(() => {
  db = new Database(':memory:')
  migrate(db)
  dictionary = new Dictionary(db)
  texts = new SharedTexts(dictionary)
})

const page = '{"path":"/about"}'

/** What SQL reads where this was kept. */
const read = (kept: bigint | string | null) =>
  db
    .prepare(`SELECT ${textOf('t')} FROM (SELECT ? AS t)`)
    .pluck()
    .get(kept)

test('a text is shared from the third viewer on, and reads the same before and after', () => {
  const kept = ['anna', 'ben', 'carl', 'anna', null].map((viewer) => texts.keep(page, viewer))
  expect(kept.map((value) => typeof value)).toEqual(['string', 'string', 'bigint', 'bigint', 'bigint'])
  expect(kept.map(read)).toEqual(kept.map(() => page))
})

test('what one viewer sends over and over stays in their rows alone, and so does what comes from nobody', () => {
  for (const viewer of ['anna', null]) {
    for (let n = 0; n < 10; n++) expect(texts.keep(page, viewer)).toBe(page)
  }
  expect(db.prepare('SELECT count(*) FROM dictionary').pluck().get()).toBe(0)
})

test('a long text and none at all stand for themselves', () => {
  const long = `{"text":"${'a'.repeat(600)}"}`
  for (const viewer of ['anna', 'ben', 'carl', 'dora']) {
    expect(texts.keep(long, viewer)).toBe(long)
    expect(texts.keep(null, viewer)).toBeNull()
  }
  expect(read(null)).toBeNull()
})

test('a number that was rolled back is given out anew', () => {
  db.exec('BEGIN')
  for (const viewer of ['anna', 'ben', 'carl']) texts.keep(page, viewer)
  db.exec('ROLLBACK')
  dictionary.forget()
  texts.forget()
  for (const viewer of ['anna', 'ben', 'carl']) expect(read(texts.keep(page, viewer))).toBe(page)
})
