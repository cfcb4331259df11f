import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConfigError, flagOf, readConfig, settingHelp, variableOf } from './config.ts'
import { tempFolder } from './testing/temp-folder.ts'

function configFile(content: unknown): string {
  const file = join(tempFolder(), 'config.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const keyA = 'tm_pub_aaaaaaaaaaaaaaaa'
const keyB = 'tm_pub_bbbbbbbbbbbbbbbb'

describe('a setting', () => {
  test('has a default that suits a first try', () => {
    expect(readConfig({}, {})).toEqual({
      port: 4600,
      host: '127.0.0.1',
      db: './tallymark.db',
      writeKey: [],
      secretKey: [],
      adminKey: [],
      allowedOrigin: [],
      bots: 'mark',
      durability: 'full',
      clientRate: 50,
      clientBurst: 10_000,
      keyRate: 5000,
      keyBurst: 100_000,
      maxBodyKib: 512,
      maxBatch: 50,
      maxEventKib: 32,
      publicCap: 200,
      publicReads: false,
      trendingHours: 24,
      trendingLikes: 0.7,
      trendingViews: 0.3,
      trendingDecay: 0.1,
      trustProxy: 0,
      logLevel: 'info',
    })
  })

  test('that is a key cannot be one of another kind as well', () => {
    const refused = () => readConfig({ 'write-key': `${keyA},${keyB}`, 'secret-key': keyB }, {})
    expect(refused).toThrow(new ConfigError('--secret-key: the same key as --write-key'))
  })

  test.each([
    ['true', 1],
    ['false', 0],
    ['2', 2],
  ])('trustProxy %s stands for %s proxies', (text, count) => {
    expect(readConfig({ 'trust-proxy': text }, {}).trustProxy).toBe(count)
  })

  test.each(['yes', '1', 'TRUE'])('publicReads is true or false, and not %s', (text) => {
    const read = () => readConfig({ 'public-reads': text }, {})
    expect(read).toThrow(new ConfigError('--public-reads: must be true or false'))
  })

  test('is taken from the flag before the environment before the file before the default', () => {
    const file = configFile({ port: 3, host: 'file', db: 'file.db', durability: 'normal' })
    const env = { TALLYMARK_PORT: '2', TALLYMARK_HOST: 'env', TALLYMARK_CONFIG: file }
    expect(readConfig({ port: '1' }, env)).toMatchObject({
      port: 1,
      host: 'env',
      db: 'file.db',
      durability: 'normal',
      logLevel: 'info',
    })
  })

  test('is not set by an empty variable', () => {
    expect(readConfig({}, { TALLYMARK_PORT: '', TALLYMARK_WRITE_KEY: '', TALLYMARK_CONFIG: '' })).toMatchObject({
      port: 4600,
      writeKey: [],
    })
  })

  test.each(Object.keys(settingHelp))('%s has a flag and a twin in the environment', (setting) => {
    const values: Record<string, string> = {
      port: '1',
      bots: 'drop',
      ...{ clientRate: '1', clientBurst: '1', keyRate: '1', keyBurst: '1', publicCap: '1', trustProxy: '1' },
      ...{ maxBodyKib: '1024', maxBatch: '100', maxEventKib: '64' },
      ...{ trendingHours: '6', trendingLikes: '0.5', trendingViews: '1', trendingDecay: '0' },
      publicReads: 'true',
      durability: 'normal',
      keepDays: '31',
      logLevel: 'warn',
      allowedOrigin: 'https://a.example',
    }
    const value = values[setting] ?? 'a-text-that-is-long-enough-for-everything'
    const fromFlag = readConfig({ [flagOf(setting)]: value }, {})
    expect(readConfig({}, { [variableOf(setting)]: value })).toEqual(fromFlag)
    expect(fromFlag).not.toEqual(readConfig({}, {}))
  })

  test('with several values is separated by commas, or is a list in the file', () => {
    expect(readConfig({ 'write-key': `${keyA}, ${keyB}` }, {}).writeKey).toEqual([keyA, keyB])
    expect(
      readConfig({}, { TALLYMARK_ALLOWED_ORIGIN: 'https://a.example,http://localhost:3000' }).allowedOrigin,
    ).toEqual(['https://a.example', 'http://localhost:3000'])
    const file = configFile({ writeKey: [keyA, keyB], secretKey: 'tm_sec_aaaaaaaaaaaaaaaa' })
    expect(readConfig({ config: file }, {})).toMatchObject({
      writeKey: [keyA, keyB],
      secretKey: ['tm_sec_aaaaaaaaaaaaaaaa'],
    })
  })
})

describe('a wrong setting is one line that names it', () => {
  /** What is said, checked to be one line. */
  function complaint(flags: Record<string, string>, env: NodeJS.ProcessEnv = {}): string {
    let said: unknown
    try {
      readConfig(flags, env)
    } catch (error) {
      said = error
    }
    expect(said).toBeInstanceOf(ConfigError)
    const { message } = said as ConfigError
    expect(message).not.toMatch(/[\r\n]/)
    expect(message).not.toContain('undefined')
    expect(message, 'in words of ours').not.toMatch(/Invalid |Too (small|big)/)
    return message
  }

  test.each([
    ['--port', 'http'],
    ['--port', '65536'],
    ['--port', '-1'],
    ['--port', '80.5'],
    ['--port', '0x50'],
    ['--port', '1e3'],
    ['--port', ''],
    ['--port', ' '],
    ['--host', ''],
    ['--db', ''],
    ['--plan', ''],
    ['--write-key', 'short'],
    ['--write-key', `${keyA},`],
    ['--secret-key', ''],
    ['--admin-key', 'a key with spaces in it'],
    ['--secret-key', 'a-key:with-a-colon-in-it'],
    ['--secret-key', 'ein-schlüssel-mit-umlaut'],
    ['--allowed-origin', 'a.example'],
    ['--allowed-origin', 'https://a.example/'],
    ['--allowed-origin', 'https://a.example,*'],
    ['--allowed-origin', 'null'],
    ['--user-token-secret', 'too short'],
    ['--durability', 'fast'],
    ['--client-burst', '0'],
    ['--key-burst', '0'],
    ['--bots', 'maybe'],
    ['--log-level', 'verbose'],
  ])('%s=%s', (flag, value) => {
    expect(complaint({ [flag.slice(2)]: value })).toContain(flag)
    const variable = `TALLYMARK_${flag.slice(2).replaceAll('-', '_').toUpperCase()}`
    if (value) expect(complaint({}, { [variable]: value })).toContain(variable)
  })

  test.each([
    { port: '80a' },
    { port: null },
    { port: true },
    { port: [] },
    { writeKey: [7] },
    { writeKey: null },
    { allowedOrigin: ['nowhere'] },
    { durability: 'FULL' },
    { plan: {} },
    { db: null },
  ])('%j in the file', (content) => {
    const file = configFile(content)
    const said = complaint({ config: file })
    expect(said).toContain(file)
    expect(said).toContain(Object.keys(content)[0])
  })

  test.each([
    ['an unknown one', { prot: 1 }, 'prot'],
    ['an unknown one that every object has', '{"constructor": 1}', 'constructor'],
    ['a list', [], 'one JSON object'],
    ['nothing', '', 'JSON'],
    ['no JSON, over several lines', '{\n  "port": 1,\n  oops\n}\n', 'JSON'],
    ['a text that is quoted with its line breaks', '"a\n\nb', 'JSON'],
  ])('%s in the file', (_, content, word) => {
    const file = configFile(content)
    const said = complaint({ config: file })
    expect(said).toContain(file)
    expect(said).toContain(word)
  })

  test('a file that does not exist, named by the flag or by the environment', () => {
    expect(complaint({ config: '/nowhere/config.json' })).toContain('--config /nowhere/config.json')
    expect(complaint({}, { TALLYMARK_CONFIG: '/nowhere/config.json' })).toContain('/nowhere/config.json')
  })
})
