import { describe, expect, test } from 'vitest'
import type { Store, StoredKey } from '../store/store.ts'
import { makeKeyText, toStoredKey } from './key.ts'
import { KeyRing, keyAllowsOrigin } from './key-ring.ts'

/** A ring over a list of keys that can change, with a clock that can be set. */
function ringOver(stored: StoredKey[], configured: StoredKey[] = []) {
  const state = { now: 1_000_000, asked: 0, fault: undefined as Error | undefined, stored }
  const keys = async () => {
    state.asked++
    const read = [...state.stored]
    await Promise.resolve()
    if (state.fault) throw state.fault
    return read
  }
  const ring = new KeyRing({ keys } as Store, configured, () => state.now)
  return { ring, state }
}

const text = 'tm_pub_some-write-key'
const key = toStoredKey('write', text, 0)

describe('a key ring', () => {
  test('finds keys of the store and of the configuration by their whole text, and no others', async () => {
    const secret = toStoredKey('secret', 'tm_sec_some-secret-key', 0)
    const { ring } = ringOver([key], [secret])
    expect(await ring.find(text)).toEqual(key)
    expect(await ring.find('tm_sec_some-secret-key')).toEqual(secret)
    for (const other of ['', text.slice(0, -1), `${text} `, text.toUpperCase(), key.hash, key.id]) {
      expect(await ring.find(other)).toBeUndefined()
    }
  })

  test('answers all who ask before it has read the store for the first time', async () => {
    const { ring, state } = ringOver([key])
    expect(await Promise.all([ring.find(text), ring.find(text), ring.allowsOrigin('https://a.example')])).toEqual([
      key,
      key,
      true,
    ])
    expect(state.asked).toBe(1)
  })

  test('asks the store once a second at most', async () => {
    const { ring, state } = ringOver([key])
    for (let n = 0; n < 10; n++) await ring.find(text)
    expect(state.asked).toBe(1)
    state.now += 999
    await ring.find(text)
    expect(state.asked).toBe(1)
    state.now += 1
    await ring.find(text)
    expect(state.asked).toBe(2)
  })

  test('follows a key that is added or revoked within a second, even when it was in use', async () => {
    const { ring, state } = ringOver([])
    expect(await ring.find(text)).toBeUndefined()
    state.stored = [key]
    state.now += 1000
    expect((await ring.find(text))?.revokedAt).toBeNull()
    state.stored = [{ ...key, revokedAt: state.now }]
    state.now += 1000
    expect((await ring.find(text))?.revokedAt).not.toBeNull()
    state.stored = []
    state.now += 1000
    expect(await ring.find(text)).toBeUndefined()
  })

  test('follows also when the clock is set back', async () => {
    const { ring, state } = ringOver([])
    await ring.find(text)
    state.stored = [key]
    state.now -= 3_600_000
    expect(await ring.find(text)).toEqual(key)
  })

  test('follows at once what it is told of, though it was reading what there was before', async () => {
    const before = Promise.withResolvers<StoredKey[]>()
    let reads = 0
    const keys = () => (++reads === 1 ? before.promise : Promise.resolve([key]))
    const ring = new KeyRing({ keys }, [], () => 1_000_000)
    const asked = ring.find(text)
    ring.changed()
    expect(await ring.find(text)).toEqual(key)
    before.resolve([])
    await asked
    expect(await ring.find(text)).toEqual(key)
  })

  test('lets a key go on until it is revoked', () => {
    const { ring, state } = ringOver([])
    const rotated = { ...key, revokedAt: state.now + 10 }
    expect([ring.isRevoked(key), ring.isRevoked(rotated)]).toEqual([false, false])
    state.now += 10
    expect(ring.isRevoked(rotated)).toBe(true)
  })

  test('never takes a store that cannot be read for one without keys', async () => {
    const { ring, state } = ringOver([key])
    state.fault = new Error('the disk is away')
    await expect(ring.find(text)).rejects.toThrow('the disk is away')
    await expect(ring.find(text)).rejects.toThrow('the disk is away')
    state.fault = undefined
    expect(await ring.find(text)).toEqual(key)
  })

  test('knows the origins of all keys in force', async () => {
    const bound = (origin: string, revokedAt: number | null = null) => ({
      ...toStoredKey('write', makeKeyText('write'), 0, [origin]),
      revokedAt,
    })
    const { ring } = ringOver(
      [bound('https://a.example'), bound('https://gone.example', 1)],
      [bound('https://b.example')],
    )
    const origins = ['https://a.example', 'https://b.example', 'https://gone.example', 'https://c.example', '', 'null']
    expect(await Promise.all(origins.map((origin) => ring.allowsOrigin(origin)))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ])
  })
})

describe('a key', () => {
  test('is made new each time, tells its kind, and travels in a header and in a URL as it is', () => {
    for (const [kind, prefix] of [
      ['write', 'tm_pub_'],
      ['secret', 'tm_sec_'],
      ['admin', 'tm_adm_'],
    ] as const) {
      const made = new Set(Array.from({ length: 100 }, () => makeKeyText(kind)))
      expect(made.size).toBe(100)
      for (const text of made) {
        expect(text).toMatch(/^[\w-]{39}$/)
        expect(text.startsWith(prefix)).toBe(true)
      }
    }
  })

  test('is kept readable only if it may stand in a page', () => {
    expect(toStoredKey('write', text, 0).text).toBe(text)
    for (const kind of ['secret', 'admin'] as const) {
      expect(JSON.stringify(toStoredKey(kind, 'tm_the-text-itself', 0))).not.toContain('the-text-itself')
    }
  })

  test('without a list of origins may be used from any, and with one only from those', () => {
    expect(keyAllowsOrigin(toStoredKey('write', text, 0), 'https://a.example')).toBe(true)
    const bound = toStoredKey('write', text, 0, ['https://a.example'])
    expect(keyAllowsOrigin(bound, 'https://a.example')).toBe(true)
    expect(keyAllowsOrigin(bound, 'https://a.example.evil.example')).toBe(false)
  })
})
