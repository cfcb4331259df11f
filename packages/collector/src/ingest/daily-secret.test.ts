import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../testing/temp-folder.ts'
import { DailySecret } from './daily-secret.ts'

const evening = Date.UTC(2026, 0, 15, 23, 59)
const day = 86_400_000

/** A secret with a clock to be set, in a file that can be opened again. */
function dailySecret(file = join(tempFolder(), 'test.db-day-secret')) {
  const clock = { now: evening }
  const errors: unknown[] = []
  const open = () =>
    new DailySecret(
      file,
      () => clock.now,
      (error) => errors.push(error),
    )
  return { file, clock, errors, open, secret: open() }
}

test('within a day the same texts give the same digest, and others another', () => {
  const { secret } = dailySecret()
  expect(secret.hmac('a', 'b')).toEqual(secret.hmac('a', 'b'))
  expect(secret.hmac('a', 'b')).not.toEqual(secret.hmac('ab', ''))
})

test('two collectors give different digests', () => {
  expect(dailySecret().secret.hmac('a')).not.toEqual(dailySecret().secret.hmac('a'))
})

test('a restart within the day changes nothing', () => {
  const { secret, open } = dailySecret()
  const before = secret.hmac('a')
  expect(open().hmac('a')).toEqual(before)
})

test('after midnight the secret is another, and the old one is gone from memory and disk', () => {
  const { secret, file, clock } = dailySecret()
  const before = secret.hmac('a')
  const text = readFileSync(file, 'latin1')
  clock.now += 60_000
  expect(secret.hmac('a')).not.toEqual(before)
  expect(readFileSync(file, 'latin1')).not.toContain(text.split(' ')[1]?.trim())
  clock.now -= 60_000
  expect(secret.hmac('a')).not.toEqual(before)
})

test('a sweep destroys it though nobody asks for the next one', () => {
  const { secret, file, clock } = dailySecret()
  secret.hmac('a')
  secret.sweep()
  expect(existsSync(file)).toBe(true)
  clock.now += day
  secret.sweep()
  expect(existsSync(file)).toBe(false)
})

test('a start on another day destroys what is left of an earlier one', () => {
  const { secret, file, clock, open } = dailySecret()
  secret.hmac('a')
  clock.now += 7 * day
  open()
  expect(existsSync(file)).toBe(false)
})

test('no file is made before a digest is asked for, and only its owner can read it', () => {
  const { secret, file } = dailySecret()
  expect(existsSync(file)).toBe(false)
  secret.hmac('a')
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a file that makes no sense is replaced', () => {
  const { file, open, errors } = dailySecret()
  writeFileSync(file, '2026-01-15 not-a-secret')
  chmodSync(file, 0o644)
  const digest = open().hmac('a')
  expect(open().hmac('a')).toEqual(digest)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(errors).toEqual([])
})

test('where no file can be kept it is said, and the day’s secret lives in memory', () => {
  const file = join(tempFolder(), 'missing', 'test.db-day-secret')
  const { secret, errors } = dailySecret(file)
  expect(secret.hmac('a')).toEqual(secret.hmac('a'))
  expect(errors).toEqual([expect.objectContaining({ code: 'ENOENT' })])

  const folder = join(tempFolder(), 'is-a-folder')
  mkdirSync(folder)
  expect(dailySecret(folder).errors).not.toEqual([])
})
