import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { tempFolder } from '../packages/collector/src/testing/temp-folder.ts'
import { ask, startCollector, tallymark } from './support/collector-process.ts'
import { Load } from './support/load.ts'

const save = { eventType: 'save', entityType: 'page', entityId: 'home' }
const place = () => join(tempFolder(), 'events.db')
const lines = (text: string) => text.split('\n').filter((line) => line !== '')

/** The tests share two processors, each start of a process takes a moment. */
vi.setConfig({ testTimeout: 60_000 })

describe('tallymark serve', () => {
  test('prints its keys and a snippet at the first start, and never again', async () => {
    const file = place()
    const first = await startCollector(file)
    const { write, secret, admin } = first.keys
    expect(first.said.stdout).toContain(file)
    expect(write).toMatch(/^tm_pub_[\w-]{32}$/)
    expect(secret).toMatch(/^tm_sec_[\w-]{32}$/)
    expect(admin).toMatch(/^tm_adm_[\w-]{32}$/)
    expect(await first.stop()).toMatchObject({ code: 0, stderr: '' })

    const second = await startCollector(file)
    expect(second.keys).toEqual({ write: '', secret: '', admin: '' })
    expect(second.said.stdout).not.toMatch(/tm_(pub|sec|adm)_|<script/)
    expect((await ask(`${second.url}/v1/track`, write, { method: 'POST', body: save })).status).toBe(201)
    expect((await ask(`${second.url}/v1/entities/page/home`, secret, { method: 'PUT', body: {} })).status).toBe(200)
    expect((await ask(`${second.url}/v1/entities/page/home`, admin)).status).toBe(200)
    await second.stop()
    for (const text of [secret, admin]) expect(readFileSync(file, 'latin1')).not.toContain(text)
  })

  test('prints a snippet whose script and whose link work as they stand', async () => {
    const collector = await startCollector(place())
    const { stdout } = collector.said
    const script = /<script defer src="([^"]+)" data-write-key="([^"]+)"><\/script>/.exec(stdout) ?? []
    expect(script[2]).toBe(collector.keys.write)
    const loaded = await fetch(script[1] ?? '')
    expect(loaded.headers.get('content-type')).toContain('text/javascript')
    expect((await loaded.text()).length).toBeGreaterThan(100)
    const link = /curl '([^']+)'/.exec(stdout)?.[1] ?? ''
    const like = { eventType: 'like', entityType: 'page', entityId: 'home' }
    await ask(`${collector.url}/v1/track`, collector.keys.write, { method: 'POST', body: like })
    expect(await (await fetch(link)).json()).toMatchObject({ counts: { home: { like: { count: 1 } } } })
  })

  test('makes no key of a kind that was configured, and takes the configured one', async () => {
    const [write, secret] = ['tm_pub_configured-key-1', 'tm_sec_configured-key-1']
    const env = { TALLYMARK_SECRET_KEY: secret }
    const collector = await startCollector(place(), ['--write-key', write, '--allowed-origin', 'https://a.example'], {
      env,
    })
    expect(collector.keys).toMatchObject({ write: '', secret: '', admin: expect.stringMatching(/^tm_adm_/) })
    expect((await ask(`${collector.url}/v1/track`, write, { method: 'POST', body: save })).status).toBe(201)
    expect((await ask(`${collector.url}/v1/track`, secret, { method: 'POST', body: save })).status).toBe(201)
    expect(collector.said.stdout).not.toContain(secret)
  })

  test('takes its settings from flags, environment and file, and its plan from TypeScript', async () => {
    const folder = tempFolder()
    await tallymark(['init', 'plan.ts'], { cwd: folder })
    const config = join(folder, 'config.json')
    writeFileSync(config, JSON.stringify({ plan: join(folder, 'plan.ts'), logLevel: 'silent' }))
    const collector = await startCollector(join(folder, 'events.db'), [], { env: { TALLYMARK_CONFIG: config } })
    expect(collector.said.stdout).toContain('my-product')
    const answer = await ask(`${collector.url}/v1/track`, collector.keys.write, { method: 'POST', body: save })
    expect(answer).toMatchObject({ status: 400, body: { code: 'unknown_entity_type' } })
  })

  test('is healthy and ready from its first answer on', async () => {
    const { url } = await startCollector(place())
    expect(await ask(`${url}/healthz`, '')).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect(await ask(`${url}/readyz`, '')).toMatchObject({ status: 200, body: { status: 'ready' } })
  })

  test('counts on where it was left, through orderly ends and sudden ones', async () => {
    const file = place()
    const key = 'tm_pub_configured-key-1'
    for (const [end, expected] of [
      ['stop', 1],
      ['kill', 2],
      ['stop', 3],
    ] as const) {
      const collector = await startCollector(file, ['--write-key', key])
      await ask(`${collector.url}/v1/track`, key, { method: 'POST', body: save })
      const counts = await ask(`${collector.url}/v1/counts?entityType=page&entityId=home&eventType=save`, key)
      expect(counts.body).toEqual({ counts: { home: { save: { count: expected, unique: 0 } } } })
      await collector[end]()
    }
  })
})

describe('a start that cannot work ends with 78 and one line, and touches nothing', () => {
  /** Starts it in a folder of its own, which must be as before. Answers the line. */
  async function refusal(args: string[], files: Record<string, string | Buffer> = {}): Promise<string> {
    const folder = tempFolder()
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    const { code, stdout, stderr } = await tallymark(['serve', '--port', '0', ...args], { cwd: folder })
    expect({ code, stdout, lines: lines(stderr) }).toEqual({ code: 78, stdout: '', lines: [expect.any(String)] })
    expect(readdirSync(folder).toSorted()).toEqual(Object.keys(files).toSorted())
    for (const [name, content] of Object.entries(files)) {
      expect(readFileSync(join(folder, name)).equals(Buffer.from(content)), `${name} is untouched`).toBe(true)
    }
    expect(stderr).toMatch(/^tallymark: /)
    return stderr
  }

  test.each([
    ['an unknown flag', ['--prot', '1'], '--prot'],
    ['a port that is none', ['--port', 'http'], '--port'],
    ['an unknown durability', ['--durability', 'fast'], '--durability'],
    ['days that are too few', ['--keep-days', '7'], '--keep-days'],
    ['a key that is too short', ['--write-key', 'short'], '--write-key'],
    ['an address that is not this machine’s', ['--host', '192.0.2.1'], '192.0.2.1'],
    ['a host that does not exist', ['--host', 'no-such-host.invalid'], 'no-such-host.invalid'],
    ['a plan that does not exist', ['--plan', 'nothing.ts'], '--plan nothing.ts'],
    ['a configuration that does not exist', ['--config', 'nothing.json'], 'nothing.json'],
    ['a folder that does not exist', ['--db', './nowhere/events.db'], 'nowhere'],
    ['a word too many', ['now'], 'now'],
  ])('%s', async (_, args, word) => {
    expect(await refusal(args)).toContain(word)
  })

  test('a port that is taken, so that the next start is still the first', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void holder.close())
    await vi.waitFor(() => expect(holder.listening).toBe(true))
    const { port } = holder.address() as { port: number }
    expect(await refusal(['--port', String(port)])).toContain(`--port ${port}`)
  })

  test('a file that is no database', async () => {
    expect(await refusal(['--db', 'letter.db'], { 'letter.db': 'Dear Sir or Madam, '.repeat(400) })).toContain(
      'letter.db',
    )
  })

  test('a database of another program, or of a newer version', async () => {
    const db = new Database(':memory:')
    db.exec('CREATE TABLE precious (x)')
    const theirs = db.serialize()
    expect(await refusal(['--db', 'theirs.db'], { 'theirs.db': theirs })).toContain('another program')
    db.pragma(`application_id = ${0x74_6c_79_6d}`)
    db.pragma('user_version = 1000')
    const newer = db.serialize()
    db.close()
    expect(await refusal(['--db', 'newer.db'], { 'newer.db': newer })).toMatch(/newer version.*upgrade/)
  })

  test('a database that can only be read', async () => {
    const file = place()
    await (await startCollector(file)).stop()
    const bytes = readFileSync(file)
    // A write version that SQLite does not know makes a file read-only for everybody, for root as well.
    bytes[18] = 3
    expect(await refusal(['--db', 'read.db'], { 'read.db': bytes, 'read.db-lock': '' })).toMatch(
      /read\.db: .*must be writable/,
    )
  })

  test('a lock that it can only read, which would keep no other collector out', async () => {
    const file = place()
    await (await startCollector(file)).stop()
    chmodSync(`${file}-lock`, 0o444)
    const within = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override'] : []
    const { code, stdout, stderr } = await tallymark(['serve', '--port', '0', '--db', file], { within })
    expect({ code, stdout, lines: lines(stderr) }).toEqual({
      code: 78,
      stdout: '',
      lines: [expect.stringMatching(/-lock: .*must be writable/)],
    })
  })

  test('a configuration file that is no JSON', async () => {
    expect(await refusal(['--config', 'c.json'], { 'c.json': '{\n  "port": 1,\n\n  oops\n}' })).toContain('c.json')
  })

  test('a plan that does not run', async () => {
    const plan = "throw new Error('the reason\\nover two lines')"
    expect(await refusal(['--plan', 'plan.ts'], { 'plan.ts': plan })).toContain('the reason')
  })

  test('a database of places that is none', async () => {
    expect(await refusal(['--geo-db', 'geo.mmdb'])).toMatch(/--geo-db geo\.mmdb: there is no such file/)
    expect(await refusal(['--geo-db', 'geo.csv'], { 'geo.csv': 'country,code\n' })).toContain('--geo-db geo.csv')
  })

  test('a list of address ranges with a line that is none', async () => {
    const files = { 'ranges.txt': '203.0.113.0/24\nexample.com\n' }
    expect(await refusal(['--datacenter-ranges', 'ranges.txt'], files)).toMatch(
      /--datacenter-ranges ranges\.txt: line 2: 'example\.com'/,
    )
  })

  test('a disk without room for a database', async () => {
    const { code, stdout, stderr } = await tallymark(['serve', '--db', place(), '--port', '0'], {
      within: ['prlimit', '--fsize=4096'],
    })
    expect({ code, stdout, lines: lines(stderr) }).toEqual({ code: 78, stdout: '', lines: [expect.any(String)] })
  })

  test('a plan that is wrong, where it is each fault a line', async () => {
    const folder = tempFolder()
    writeFileSync(
      join(folder, 'plan.ts'),
      "export const plan = { name: 'x', entities: {}, events: { view: { on: ['page'] }, save: { pubic: true } } }",
    )
    const { code, stdout, stderr } = await tallymark(['serve', '--port', '0', '--plan', 'plan.ts'], { cwd: folder })
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' })
    expect(stderr).toMatch(/^tallymark: the plan cannot be used\n/)
    expect(stderr).toContain('events.save.pubic: ')
    expect(stderr).not.toMatch(/\n +at /)
    expect(readdirSync(folder)).toEqual(['plan.ts'])
  })
})

describe('at SIGTERM a collector', () => {
  test('does not wait for a client that never finishes its request', async () => {
    const { createConnection } = await import('node:net')
    const collector = await startCollector(place())
    const { hostname, port } = new URL(collector.url)
    const slow = createConnection({ host: hostname, port: Number(port) })
    slow.on('error', () => {})
    onTestFinished(() => void slow.destroy())
    const head = `POST /v1/track HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${collector.keys.write}\r\n`
    slow.write(`${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`)
    // Once a later request was answered, the collector has seen the beginning of the slow one.
    await ask(`${collector.url}/healthz`, '')
    const begun = performance.now()
    expect(await collector.stop()).toMatchObject({ code: 0 })
    expect(performance.now() - begun).toBeLessThan(10_000)
  })
})

describe('tallymark keys', () => {
  test('adds, lists and revokes while a collector runs, which follows by itself', async () => {
    const file = place()
    const collector = await startCollector(file)
    const track = async (key: string) =>
      (await ask(`${collector.url}/v1/track`, key, { method: 'POST', body: save })).status

    const origins = 'https://a.example, http://localhost:3000'
    const added = await tallymark(['keys', 'add', 'write', '--db', file, '--origin', origins])
    const key = added.stdout.trim()
    expect(added).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^tm_pub_[\w-]{32}\n$/) })
    await expect.poll(() => track(key), { timeout: 5000 }).toBe(201)

    const listed = await tallymark(['keys', 'list', '--db', file])
    expect(listed).toMatchObject({ code: 0, stderr: '' })
    const rows = lines(listed.stdout)
    expect(rows).toHaveLength(4)
    const row = rows.find((line) => line.includes(key)) ?? ''
    expect(row).toContain('https://a.example,http://localhost:3000')
    expect(row).toContain('in force')
    for (const hidden of [collector.keys.secret, collector.keys.admin]) expect(listed.stdout).not.toContain(hidden)

    const id = row.split(' ')[0] ?? ''
    expect(await tallymark(['keys', 'revoke', id, '--db', file])).toMatchObject({ code: 0, stderr: '' })
    await expect.poll(() => track(key), { timeout: 5000 }).toBe(401)
    expect((await tallymark(['keys', '--db', file])).stdout).toMatch(new RegExp(`${id}.*revoked \\d{4}-`))
    const again = await tallymark(['keys', 'revoke', id, '--db', file])
    expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(id) })
    expect(await collector.stop()).toMatchObject({ code: 0, stderr: '' })
  })

  test('may be made before the first start, which then makes only the others', async () => {
    const file = place()
    const key = (await tallymark(['keys', 'add', 'write'], { env: { TALLYMARK_DB: file } })).stdout.trim()
    const collector = await startCollector(file)
    expect(collector.keys).toMatchObject({ write: '', secret: expect.stringMatching(/^tm_sec_/) })
    expect((await ask(`${collector.url}/v1/track`, key, { method: 'POST', body: save })).status).toBe(201)
  })

  test.each(['--config', 'TALLYMARK_CONFIG'])('and verify take the database that %s names', async (how) => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ db: 'configured.db' }))
    const [args, env] = how.startsWith('--') ? [[how, 'config.json'], {}] : [[], { [how]: 'config.json' }]
    const key = (await tallymark(['keys', 'add', 'write', ...args], { cwd: folder, env })).stdout.trim()
    expect(readdirSync(folder)).toContain('configured.db')
    expect(readdirSync(folder)).not.toContain('tallymark.db')
    expect((await tallymark(['keys', '--db', 'configured.db'], { cwd: folder })).stdout).toContain(key)
    expect((await tallymark(['keys', ...args], { cwd: folder, env })).stdout).toContain(key)
    expect(await tallymark(['verify', ...args], { cwd: folder, env })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^configured.db: /),
    })
  })

  test('rotates a key, and lets the old one end', async () => {
    const file = place()
    const collector = await startCollector(file)
    const track = async (key: string) =>
      (await ask(`${collector.url}/v1/track`, key, { method: 'POST', body: save })).status
    const { write } = collector.keys
    const id =
      (await tallymark(['keys', '--db', file])).stdout
        .split('\n')
        .find((line) => line.includes(write))
        ?.split(' ')[0] ?? ''
    const first = await tallymark(['keys', 'rotate', id, '--db', file])
    expect(first).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^tm_pub_[\w-]{32}\n$/) })
    await expect.poll(() => track(first.stdout.trim()), { timeout: 5000 }).toBe(201)
    expect(await track(write)).toBe(201)
    expect((await tallymark(['keys', '--db', file])).stdout).toMatch(new RegExp(`${id}.*until \\d{4}-`))
    const second = await tallymark(['keys', 'rotate', id, '--keep', '0s', '--db', file])
    expect(second.code).toBe(0)
    await expect.poll(() => track(write), { timeout: 5000 }).toBe(401)
    expect(await tallymark(['keys', 'rotate', id, '--db', file])).toMatchObject({ code: 1, stdout: '' })
  })

  test('of one text cannot be two kinds, neither in the settings nor beside the database', async () => {
    const file = place()
    const text = (await tallymark(['keys', 'add', 'write', '--db', file])).stdout.trim()
    for (const args of [
      ['--secret-key', text],
      ['--write-key', 'tm_x_0123456789abcdef', '--admin-key', 'tm_x_0123456789abcdef'],
    ]) {
      const { code, stderr } = await tallymark(['serve', '--port', '0', '--db', file, ...args])
      expect([code, lines(stderr).length]).toEqual([78, 1])
      expect(stderr).toContain('the same key')
    }
  })

  test.each([
    ['an unknown action', ['replace'], 'replace'],
    ['no id to rotate', ['rotate'], 'id'],
    ['a length of time that is none', ['rotate', 'x', '--keep', 'long'], '--keep'],
    ['a length of time beyond all dates', ['rotate', 'x', '--keep', '1000000000d'], '30d at most'],
    ['a length of time for nothing', ['revoke', 'x', '--keep', '1h'], '--keep'],
    ['an unknown kind', ['add', 'master'], 'write, secret, admin'],
    ['no kind', ['add'], 'write, secret, admin'],
    ['an origin that is none', ['add', 'write', '--origin', 'a.example'], '--origin'],
    ['an origin with a path', ['add', 'write', '--origin', 'https://a.example/'], '--origin'],
    ['no id', ['revoke'], 'id'],
    ['an unknown flag', ['list', '--all'], '--all'],
    ['a setting that is of no use to it', ['list', '--port', '80'], '--port'],
    ['a word too many', ['revoke', 'x', 'y'], "'y'"],
    ['a word that list does not take', ['list', 'x'], "'x'"],
    ['origins for nothing', ['list', '--origin', 'https://a.example'], '--origin'],
    ['a configuration that does not exist', ['list', '--config', 'nothing.json'], 'nothing.json'],
    ['a database that does not exist', ['list'], 'no such file'],
    ['a key of a database that does not exist', ['revoke', 'x'], 'no such file'],
  ])('refuses %s with one line, and makes no file', async (_, args, word) => {
    const cwd = tempFolder()
    const { code, stdout, stderr } = await tallymark(['keys', ...args], { cwd })
    expect({ code, stdout, lines: lines(stderr) }).toEqual({
      code: 78,
      stdout: '',
      lines: [expect.stringContaining(word)],
    })
    expect(readdirSync(cwd)).toEqual([])
  })
})

describe('tallymark init and check', () => {
  test('init writes a plan that check finds good, in an empty folder', async () => {
    const cwd = tempFolder()
    const made = await tallymark(['init'], { cwd })
    expect(made).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('plan.ts') })
    expect(readdirSync(cwd)).toEqual(['plan.ts'])
    const checked = await tallymark(['check', 'plan.ts'], { cwd })
    expect(checked).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining("'my-product' is good") })
    expect(readdirSync(cwd)).toEqual(['plan.ts'])
  })

  test('init leaves a file alone that exists', async () => {
    const cwd = tempFolder()
    writeFileSync(join(cwd, 'mine.ts'), 'mine')
    const { code, stderr } = await tallymark(['init', 'mine.ts'], { cwd })
    expect({ code, lines: lines(stderr) }).toEqual({ code: 78, lines: [expect.stringContaining('exists already')] })
    expect(readFileSync(join(cwd, 'mine.ts'), 'utf8')).toBe('mine')
  })

  test('init says why it cannot write', async () => {
    const { code, stderr } = await tallymark(['init', 'nowhere/plan.ts'], { cwd: tempFolder() })
    expect({ code, lines: lines(stderr) }).toEqual({ code: 78, lines: [expect.stringContaining('nowhere/plan.ts')] })
  })

  test('check names everything that is wrong by path, and ends with 1', async () => {
    const cwd = tempFolder()
    const plan = `export const plan = { name: '', entities: {}, events: { view: { role: 'viewer', surfaces: [] } } }`
    writeFileSync(join(cwd, 'plan.ts'), plan)
    const { code, stdout, stderr } = await tallymark(['check', 'plan.ts'], { cwd })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(lines(stderr).map((line) => line.split(': ').slice(0, 2))).toEqual([
      ['plan.ts', 'name'],
      ['plan.ts', 'events.view.surfaces'],
      ['plan.ts', 'events.view.role'],
    ])
  })

  test.each([
    [['check'], 'tallymark: check takes the plan’s file'],
    [['check', 'nothing.ts'], 'tallymark: nothing.ts: there is no such file'],
    [['check', 'a.ts', 'b.ts'], "tallymark: 'b.ts' is one word too many"],
    [['check', '--plan', 'a.ts'], 'tallymark: there is no option --plan'],
    [['init', 'a.ts', 'b.ts'], "tallymark: 'b.ts' is one word too many"],
    [['init', '--force'], 'tallymark: there is no option --force'],
  ])('%j is refused with one line', async (args, sentence) => {
    const cwd = tempFolder()
    const { code, stdout, stderr } = await tallymark(args, { cwd })
    expect({ code, stdout, lines: lines(stderr) }).toEqual({
      code: 78,
      stdout: '',
      lines: [expect.stringContaining(sentence)],
    })
    expect(readdirSync(cwd)).toEqual([])
  })
})

describe('tallymark token', () => {
  const secret = 'a-secret-of-forty-characters-for-tests-x'

  test.each([
    ['flags', ['token', 'owner', '--role', 'creator', '--user-token-secret', secret], {}],
    ['flags with an equals sign', ['token', 'owner', `--role=creator`, `--user-token-secret=${secret}`], {}],
    ['the environment', ['token', 'owner', '--role', 'creator'], { TALLYMARK_USER_TOKEN_SECRET: secret }],
  ])('mints a token that a collector takes: by %s', async (_, args, env) => {
    const minted = await tallymark(args, { env })
    expect(minted).toMatchObject({ code: 0, stderr: '' })
    const token = minted.stdout.trim()
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toEqual({ sub: 'owner', role: 'creator', exp: expect.any(Number) })
    expect(claims.exp - Date.now() / 1000).toBeGreaterThan(3500)

    const collector = await startCollector(place(), ['--user-token-secret', secret])
    const { url, keys } = collector
    const mine = { method: 'PUT', body: { ownerId: 'owner', visibility: 'private' } }
    await ask(`${url}/v1/entities/page/home`, keys.secret, mine)
    const send = (body: object) => ask(`${url}/v1/track`, keys.write, { method: 'POST', body })
    expect((await send({ ...save, userToken: token })).status).toBe(201)
    expect(await send(save)).toMatchObject({ status: 200, body: { reason: 'private_entity' } })
  })

  test.each([
    ['no user', ['token'], 'user-1'],
    ['no secret', ['token', 'u'], '--user-token-secret'],
    ['a secret that is too short', ['token', 'u', '--user-token-secret', 'short'], '--user-token-secret'],
    ['a role that is missing', ['token', 'u', '--user-token-secret', secret, '--role'], '--role'],
    ['a flag in place of a role', ['token', 'u', '--role', '--user-token-secret', secret], '--role'],
    ['an unknown flag', ['token', 'u', '--user-token-secret', secret, '--rolle', 'x'], '--rolle'],
    ['a word too many', ['token', 'u', 'v', '--user-token-secret', secret], "'v'"],
  ])('refuses %s with one line', async (_, args, word) => {
    const { code, stdout, stderr } = await tallymark(args, { cwd: tempFolder() })
    expect({ code, stdout, lines: lines(stderr) }).toEqual({
      code: 78,
      stdout: '',
      lines: [expect.stringContaining(word)],
    })
  })
})

describe('tallymark verify', () => {
  test('agrees with a file while a collector writes to it, and says where a count was changed', async () => {
    const file = place()
    const collector = await startCollector(file)
    const load = new Load(collector.url, collector.keys.write, 1)
    await load.takes(100)
    for (let n = 0; n < 3; n++) {
      const before = load.acknowledged.size
      expect(await tallymark(['verify', '--db', file])).toMatchObject({
        code: 0,
        stderr: '',
        stdout: expect.stringContaining('agrees'),
      })
      expect(load.acknowledged.size, 'the collector went on').toBeGreaterThan(before)
    }
    await load.end()
    expect(load.wrong).toEqual([])
    expect(await collector.stop()).toMatchObject({ code: 0, stderr: '' })

    const db = new Database(file)
    db.exec('UPDATE entity_total SET count = count + 1')
    db.close()
    const { code, stdout, stderr } = await tallymark(['verify', file])
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining('entity_total') })
  })

  test.each([
    [[], 'tallymark: ./tallymark.db: there is no such file'],
    [['events.db'], 'tallymark: events.db: there is no such file'],
    [['--db', 'events.db'], 'tallymark: events.db: there is no such file'],
    [['events.db', '--db', 'other.db'], '--db'],
    [['a.db', 'b.db'], "'b.db'"],
    [['--file', 'a.db'], '--file'],
  ])('refuses %j with one line where there is no file, and makes none', async (args, sentence) => {
    const cwd = tempFolder()
    const { code, stderr } = await tallymark(['verify', ...args], { cwd })
    expect({ code, lines: lines(stderr) }).toEqual({ code: 78, lines: [expect.stringContaining(sentence)] })
    expect(readdirSync(cwd)).toEqual([])
  })

  test.each([['verify'], ['keys'], ['backup'], ['export'], ['erase', 'user', 'ann']])(
    'and %s make no database of a file that is empty, and none of a folder',
    async (...command) => {
      const cwd = tempFolder()
      writeFileSync(join(cwd, 'empty.db'), '')
      for (const [db, sentence] of [
        ['empty.db', 'empty.db: is empty'],
        ['.', '.: is a folder'],
      ] as const) {
        const { code, stderr } = await tallymark([...command, '--db', db], { cwd })
        expect({ code, lines: lines(stderr) }).toEqual({ code: 78, lines: [expect.stringContaining(sentence)] })
      }
      expect(readdirSync(cwd)).toEqual(['empty.db'])
      expect(readFileSync(join(cwd, 'empty.db'))).toHaveLength(0)
    },
  )

  test('says of a file that is no database that it is none', async () => {
    const file = join(tempFolder(), 'letter.db')
    writeFileSync(file, 'Dear Sir or Madam, '.repeat(400))
    const { code, stderr } = await tallymark(['verify', file])
    expect({ code, lines: lines(stderr) }).toEqual({ code: 78, lines: [expect.stringContaining('not a database')] })
  })
})

describe('the command line', () => {
  const commands = [
    'serve',
    'init',
    'check',
    'keys',
    'token',
    'backup',
    'restore',
    'export',
    'import',
    'erase',
    'verify',
    'version',
  ]

  test.each(['help', '--help', '-h', ''])('names every command when it is asked with “%s”', async (word) => {
    const { code, stdout, stderr } = await tallymark(word ? [word] : [])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} +\\w`, 'm'))
  })

  test.each(commands)('says how %s is used, and does nothing else', async (command) => {
    const cwd = tempFolder()
    const [long, short] = await Promise.all([
      tallymark([command, '--help'], { cwd }),
      tallymark([command, '-h'], { cwd }),
    ])
    expect(long).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(`Usage: tallymark ${command}`) })
    expect(short).toEqual(long)
    expect(readdirSync(cwd)).toEqual([])
  })

  test('says what every setting of serve is for', async () => {
    const { stdout } = await tallymark(['serve', '--help'])
    const flags = ['port', 'host', 'db', 'plan', 'config', 'write-key', 'secret-key', 'admin-key', 'allowed-origin']
    for (const flag of [...flags, 'user-token-secret', 'durability', 'keep-days', 'log-level']) {
      expect(stdout).toMatch(new RegExp(`^  --${flag} \\S.* {2}\\w`, 'm'))
    }
  })

  test.each(['sevre', 'constructor', '__proto__', 'toString', '--prot'])(
    'knows no command %s, and names those it has',
    async (name) => {
      const { code, stdout, stderr } = await tallymark([name])
      expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
      expect(stderr).toContain(`there is no command '${name}'`)
      expect(stderr).toContain('serve')
      expect(stderr).not.toMatch(/\n +at /)
    },
  )

  test('takes nothing behind version', async () => {
    const { code, stdout, stderr } = await tallymark(['version', 'now'])
    expect({ code, stdout, lines: lines(stderr) }).toEqual({
      code: 78,
      stdout: '',
      lines: [expect.stringContaining("'now'")],
    })
  })

  test('says which version it is', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../packages/collector/package.json', import.meta.url), 'utf8'))
    for (const word of ['version', '--version']) {
      expect(await tallymark([word])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
    }
  })
})

test('a database may lie in a folder with spaces and letters of any script', async () => {
  const folder = join(tempFolder(), 'my data – données 猫 #1 %41?')
  mkdirSync(folder)
  const collector = await startCollector(join(folder, 'events.db'))
  expect((await ask(`${collector.url}/v1/track`, collector.keys.write, { method: 'POST', body: save })).status).toBe(
    201,
  )
  await collector.stop()
  expect(readdirSync(folder).toSorted()).toEqual(['events.db', 'events.db-day-secret', 'events.db-lock'])
})
