import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { tempFolder } from '../packages/collector/src/testing/temp-folder.ts'
import { ask, startCollector, tallymark } from './support/collector-process.ts'
import { compare, readEventFile } from './support/event-file.ts'
import { Load } from './support/load.ts'

vi.setConfig({ testTimeout: 90_000 })

const key = 'tm_pub_the-key-of-the-backup-test'
const admin = 'tm_adm_the-key-of-the-backup-test'
const keys = ['--write-key', key, '--admin-key', admin]
const save = { eventType: 'save', entityType: 'page', entityId: 'home' }
const saves = async (url: string) => {
  const { body } = await ask(`${url}/v1/counts?entityType=page&entityId=home&eventType=save`, key)
  return (body as { counts: { home: { save: { count: number } } } }).counts.home.save.count
}

test('a backup under load refuses nobody, holds all that was acknowledged before it, and can be restored', async () => {
  const file = join(tempFolder(), 'events.db')
  const collector = await startCollector(file, keys)
  const load = new Load(collector.url, key, 4)
  await load.takes(2000)

  const before = new Set(load.acknowledged)
  const [byEndpoint, byCommand] = await Promise.all([
    ask(`${collector.url}/v1/admin/backup`, admin, { method: 'POST' }),
    tallymark(['backup', `${file}.by-command`, '--db', file]),
  ])
  const during = load.acknowledged.size
  await load.end()
  expect(during, 'events went on meanwhile').toBeGreaterThan(before.size)
  expect({ wrong: load.wrong, toldToWait: [...load.toldToWait] }).toEqual({ wrong: [], toldToWait: [] })
  expect(await collector.stop()).toMatchObject({ code: 0, stderr: '' })

  expect(byEndpoint).toMatchObject({
    status: 201,
    body: { file: expect.stringMatching(/^events\.db\.backup-\d{8}T\d{6}\.\d{3}Z$/), bytes: expect.any(Number) },
  })
  expect(byCommand).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('bytes') })
  const named = join(dirname(file), (byEndpoint.body as { file: string }).file)
  for (const backup of [named, `${file}.by-command`]) {
    const found = readEventFile(backup)
    expect(found.integrity).toBe('ok')
    expect(compare(found, before)).toEqual({ lost: [], twice: [] })
    expect(await tallymark(['verify', backup])).toMatchObject({ code: 0, stderr: '' })
  }
  expect(readdirSync(dirname(file)).filter((name) => name.endsWith('.partial'))).toEqual([])

  const restored = await tallymark(['restore', named, '--db', file])
  expect(restored).toMatchObject({ code: 0, stderr: '' })
  expect(compare(readEventFile(file), before)).toEqual({ lost: [], twice: [] })
  const replaced = /what was there is (\S+) now/.exec(restored.stdout)?.[1] ?? ''
  expect(compare(readEventFile(replaced), load.acknowledged)).toEqual({ lost: [], twice: [] })
})

describe('tallymark restore', () => {
  async function madeBackup() {
    const file = join(tempFolder(), 'events.db')
    const collector = await startCollector(file, keys)
    await ask(`${collector.url}/v1/track`, key, { method: 'POST', body: save })
    const backup = `${file}.backup`
    expect(await tallymark(['backup', backup, '--db', file])).toMatchObject({ code: 0 })
    await ask(`${collector.url}/v1/track`, key, { method: 'POST', body: save })
    return { file, backup, collector }
  }

  test('brings back what was, keys and counts included, and takes events on', async () => {
    const { file, backup, collector } = await madeBackup()
    expect(await saves(collector.url)).toBe(2)
    await collector.stop()
    expect(await tallymark(['restore', backup, '--db', file])).toMatchObject({ code: 0, stderr: '' })
    const again = await startCollector(file, keys)
    expect(again.keys.secret).toBe('')
    expect(await saves(again.url)).toBe(1)
    await ask(`${again.url}/v1/track`, key, { method: 'POST', body: save })
    expect(await saves(again.url)).toBe(2)
  })

  test('takes the place of a file that is damaged, and of none', async () => {
    const { file, backup, collector } = await madeBackup()
    await collector.stop()
    writeFileSync(file, 'a disk that went bad '.repeat(400))
    expect(await tallymark(['restore', backup, '--db', file])).toMatchObject({ code: 0, stderr: '' })
    expect(await tallymark(['verify', file])).toMatchObject({ code: 0 })
    const elsewhere = join(tempFolder(), 'new.db')
    expect(await tallymark(['restore', backup, '--db', elsewhere])).toMatchObject({ code: 0, stderr: '' })
    expect(readEventFile(elsewhere).ids).toHaveLength(1)
  })

  test('is not mixed with what was left of a database whose file is gone', async () => {
    const { file, backup, collector } = await madeBackup()
    await ask(`${collector.url}/v1/admin/flush`, admin, { method: 'POST' })
    await collector.kill()
    rmSync(file)
    expect(existsSync(`${file}-wal`)).toBe(true)
    const imported = await tallymark(['import', backup, '--db', file])
    expect(imported).toMatchObject({ code: 78, stderr: expect.stringContaining(`${file}-wal: exists already`) })

    expect(await tallymark(['restore', backup, '--db', file])).toMatchObject({ code: 0, stderr: '' })
    expect(await tallymark(['verify', file])).toMatchObject({ code: 0, stderr: '' })
    expect(readEventFile(file).ids).toHaveLength(1)
  })

  test('leaves a database alone that a collector has open', async () => {
    const { file, backup, collector } = await madeBackup()
    const { code, stdout, stderr } = await tallymark(['restore', backup, '--db', file])
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' })
    expect(stderr).toContain('another collector has it open')
    expect(await saves(collector.url)).toBe(2)
  })

  test.each([
    ['no database', 'Dear Sir or Madam, '.repeat(400), 'not a database'],
    ['empty', '', 'is empty'],
  ])('refuses a backup that is %s, and changes nothing', async (_, content, word) => {
    const { file, collector } = await madeBackup()
    await collector.stop()
    const before = readFileSync(file)
    const bad = join(tempFolder(), 'bad.db')
    writeFileSync(bad, content)
    const { code, stderr } = await tallymark(['restore', bad, '--db', file])
    expect({ code, stderr }).toEqual({ code: 78, stderr: expect.stringContaining(word) })
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('refuses a backup with a damaged page', async () => {
    const { file, backup, collector } = await madeBackup()
    await collector.stop()
    const bytes = readFileSync(backup)
    bytes.fill(0xff, 4096 * 3, 4096 * 8)
    writeFileSync(backup, bytes)
    const { code, stderr } = await tallymark(['restore', backup, '--db', file])
    expect({ code, stderr }).toEqual({ code: 78, stderr: expect.stringMatching(/damaged|malformed/) })
    expect(readEventFile(file).ids).toHaveLength(2)
  })
})

test('a backup never takes the place of a file that is there', async () => {
  const file = join(tempFolder(), 'events.db')
  await (await startCollector(file, keys)).stop()
  writeFileSync(`${file}.precious`, 'mine')
  const { code, stderr } = await tallymark(['backup', `${file}.precious`, '--db', file])
  expect({ code, stderr }).toEqual({ code: 78, stderr: expect.stringContaining('exists already') })
  expect(readFileSync(`${file}.precious`, 'utf8')).toBe('mine')
  expect(existsSync(`${file}.precious.partial`)).toBe(false)
})

describe('tallymark export and import', () => {
  test('make the same database again, by file and by pipe', async () => {
    const folder = tempFolder()
    const file = join(folder, 'events.db')
    const collector = await startCollector(file, keys)
    // Some programs take U+2028 for the end of a line.
    const events = [...Array(5).fill(save), { ...save, props: { note: 'one\u2028two' } }]
    await ask(`${collector.url}/v1/batch`, key, { method: 'POST', body: { events } })
    const lines = join(folder, 'all.ndjson')
    expect(await tallymark(['export', lines, '--db', file])).toEqual({ code: 0, stdout: '', stderr: '' })
    const printed = await tallymark(['export', '--db', file])
    const withoutHeader = (text: string) => text.slice(text.indexOf('\n'))
    expect(withoutHeader(printed.stdout)).toBe(withoutHeader(readFileSync(lines, 'utf8')))
    const count = await saves(collector.url)
    await collector.stop()

    const copy = join(folder, 'copy.db')
    const imported = await tallymark(['import', lines, '--db', copy])
    expect(imported).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(`event ${count}`) })
    expect(await tallymark(['verify', copy])).toMatchObject({ code: 0 })
    expect(withoutHeader((await tallymark(['export', '--db', copy])).stdout)).toBe(withoutHeader(printed.stdout))
    const again = await startCollector(copy, keys)
    expect(again.keys.secret).toBe('')
    expect(await saves(again.url)).toBe(count)
  })

  test('leave nothing behind that could be taken for all of it', async () => {
    const folder = tempFolder()
    const file = join(folder, 'events.db')
    const collector = await startCollector(file, keys)
    const large = { ...save, props: { text: 'x'.repeat(8000) } }
    await ask(`${collector.url}/v1/batch`, key, { method: 'POST', body: { events: Array(50).fill(large) } })
    const before = readdirSync(folder)
    const within = ['prlimit', '--fsize=131072']
    const { code, stderr } = await tallymark(['export', join(folder, 'all.ndjson'), '--db', file], { within })
    expect({ code, stderr }).toEqual({ code: 78, stderr: expect.stringContaining('EFBIG') })
    expect(readdirSync(folder)).toEqual(before)
  })

  test.each([
    [['export', 'there.txt'], 'there.txt: exists already'],
    [['export', 'nowhere/all.ndjson'], 'nowhere/all.ndjson'],
    [['export', 'other.txt'], 'other.txt.partial: exists already'],
    [['import'], 'import takes'],
    [['import', 'nothing.ndjson'], 'nothing.ndjson: there is no such file'],
    [['import', '.'], '.: is a folder'],
    [['import', 'there.txt'], 'events.db: exists already'],
    [['import', 'there.txt', '--db', 'new.db'], 'line 1: '],
  ])('%j is refused with one line', async (args, sentence) => {
    const cwd = tempFolder()
    const env = { TALLYMARK_DB: 'events.db' }
    await tallymark(['keys', 'add', 'write'], { cwd, env })
    for (const name of ['there.txt', 'other.txt.partial']) writeFileSync(join(cwd, name), 'mine')
    const { code, stderr } = await tallymark(args, { cwd, env })
    expect({ code, lines: stderr.trim().split('\n') }).toEqual({ code: 78, lines: [expect.stringContaining(sentence)] })
    for (const name of ['there.txt', 'other.txt.partial']) expect(readFileSync(join(cwd, name), 'utf8')).toBe('mine')
    expect(existsSync(join(cwd, 'new.db'))).toBe(false)
  })
})

describe('tallymark erase', () => {
  test('erases while no collector runs, and leaves a running one to itself', async () => {
    const file = join(tempFolder(), 'events.db')
    const anonymousId = 'a0000000-0000-4000-8000-000000000001'
    const collector = await startCollector(file, keys)
    await ask(`${collector.url}/v1/track`, key, { method: 'POST', body: { ...save, anonymousId } })
    const args = ['erase', 'visitor', anonymousId, '--db', file]
    expect(await tallymark(args)).toMatchObject({ code: 78, stderr: expect.stringContaining('another collector') })
    await collector.stop()
    expect(await tallymark(args)).toMatchObject({ code: 0, stdout: expect.stringContaining('erased: 1 events') })
    expect(readEventFile(file).ids).toEqual([])
    expect(await tallymark(['verify', file])).toMatchObject({ code: 0 })
  })

  test.each([
    [['erase'], 'erase takes'],
    [['erase', 'everybody', 'x'], 'erase takes'],
    [['erase', 'visitor', 'x'], 'x: an anonymous id is a UUID'],
    [['erase', 'user', 'ann'], 'there is no such file'],
  ])('%j is refused with one line', async (args, sentence) => {
    const cwd = tempFolder()
    const { code, stderr } = await tallymark(args, { cwd })
    expect({ code, lines: stderr.trim().split('\n') }).toEqual({ code: 78, lines: [expect.stringContaining(sentence)] })
    expect(readdirSync(cwd)).toEqual([])
  })
})
