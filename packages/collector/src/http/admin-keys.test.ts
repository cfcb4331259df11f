import type { KeyView } from '@tallymark/schemas'
import { describe, expect, test } from 'vitest'
import { codeOf, testCollector, testKeys } from '../testing/test-collector.ts'

const save = { eventType: 'save', entityType: 'page', entityId: 'home' }
const a = 'https://a.example'
const hour = 3_600_000

async function adminOf(options: Parameters<typeof testCollector>[0] = {}) {
  const clock = { now: Date.UTC(2026, 0, 15, 12) }
  const collector = await testCollector({ now: () => clock.now, ...options })
  const ask = async (method: string, path = '', body?: unknown) => {
    const answer = await collector.send(method, `/v1/admin/keys${path}`, body, 'admin')
    return { ...answer, body: answer.body as KeyView & { items: KeyView[]; code: string } }
  }
  const trackWith = async (key: string | null, origin?: string) => {
    const headers = { authorization: `Bearer ${key}`, ...(origin && { origin }) }
    return (await collector.track(save, null, headers)).status
  }
  return { ...collector, clock, ask, trackWith }
}

describe('/v1/admin/keys', () => {
  test('makes keys that work at once, and tells those that are kept hashed this once', async () => {
    const { ask, trackWith } = await adminOf()
    for (const kind of ['write', 'secret', 'admin'] as const) {
      const { status, body } = await ask('POST', '', { kind })
      expect(status).toBe(201)
      expect(body).toMatchObject({
        kind,
        origins: [],
        from: 'database',
        createdAt: '2026-01-15T12:00:00.000Z',
        revokedAt: null,
      })
      expect(await trackWith(body.key)).toBe(201)
      const listed = (await ask('GET')).body.items.find(({ id }) => id === body.id)
      expect(listed).toEqual({ ...body, key: kind === 'write' ? body.key : null })
    }
  })

  test('binds a key to origins', async () => {
    const { ask, trackWith } = await adminOf()
    const { body } = await ask('POST', '', { kind: 'write', origins: [a] })
    expect([await trackWith(body.key, a), await trackWith(body.key, 'https://b.example')]).toEqual([201, 403])
  })

  test('rotates: the successor has the same origins, and the old key goes on for a day', async () => {
    const { ask, trackWith, clock } = await adminOf()
    const old = (await ask('POST', '', { kind: 'write', origins: [a] })).body
    const { status, body } = await ask('POST', `/${old.id}/rotate`, {})
    expect([status, body.kind, body.origins, body.revokedAt]).toEqual([201, 'write', [a], null])
    expect(body.key).not.toBe(old.key)
    clock.now += 24 * hour - 1
    expect([await trackWith(old.key), await trackWith(body.key)]).toEqual([201, 201])
    clock.now += 1
    expect([await trackWith(old.key), await trackWith(body.key)]).toEqual([401, 201])
    expect(codeOf((await ask('POST', `/${old.id}/rotate`, {})).body)).toBe('invalid_request')
  })

  test('rotates for as long as it is told, to other origins', async () => {
    const { ask, trackWith } = await adminOf()
    const old = (await ask('POST', '', { kind: 'write', origins: [a] })).body
    const { body } = await ask('POST', `/${old.id}/rotate`, { keepMs: 0, origins: ['https://b.example'] })
    expect([await trackWith(old.key), body.origins]).toEqual([401, ['https://b.example']])
  })

  test('revokes at once, also a key that was to go on for a while, and only once', async () => {
    const { ask, trackWith, clock } = await adminOf()
    const old = (await ask('POST', '', { kind: 'secret' })).body
    await ask('POST', `/${old.id}/rotate`, {})
    const { status, body } = await ask('DELETE', `/${old.id}`)
    expect([status, body.revokedAt, await trackWith(old.key)]).toEqual([200, '2026-01-15T12:00:00.000Z', 401])
    clock.now += hour
    expect((await ask('DELETE', `/${old.id}`)).body.revokedAt).toBe('2026-01-15T12:00:00.000Z')
  })

  test('shows the keys of the configuration, and leaves them to it', async () => {
    const { ask, trackWith } = await adminOf()
    const configured = (await ask('GET')).body.items.filter(({ from }) => from === 'configuration')
    expect(configured.map(({ kind, key }) => [kind, key])).toEqual([
      ['write', testKeys.write],
      ['secret', null],
      ['admin', null],
    ])
    expect((await ask('DELETE', `/${configured[0]?.id}`)).status).toBe(400)
    expect(await trackWith(testKeys.write)).toBe(201)
  })

  test.each([
    ['an unknown kind', 'POST', '', { kind: 'master' }, 400],
    ['an origin that is none', 'POST', '', { kind: 'write', origins: ['a.example/x'] }, 400],
    ['a name that nobody knows', 'POST', '', { kind: 'write', origin: a }, 400],
    ['a key that nobody has', 'DELETE', '/nobody', undefined, 404],
    ['to rotate a key that nobody has', 'POST', '/nobody/rotate', {}, 404],
    ['a part of a millisecond', 'POST', '/nobody/rotate', { keepMs: 1.5 }, 400],
  ])('refuses %s', async (_, method, path, body, status) => {
    const { ask } = await adminOf()
    expect((await ask(method, path, body)).status).toBe(status)
  })

  test.each(['write', 'secret', null] as const)('is nothing for who has a %s key', async (key) => {
    const { send } = await testCollector()
    const requests = [
      ['GET', '/v1/admin/keys'],
      ['POST', '/v1/admin/keys'],
      ['POST', '/v1/admin/keys/x/rotate'],
      ['DELETE', '/v1/admin/keys/x'],
    ]
    for (const [method = '', path = ''] of requests) {
      expect((await send(method, path, undefined, key)).status).toBe(key === null ? 401 : 403)
    }
    expect((await send('GET', `/v1/admin/keys?key=${testKeys.admin}`, undefined, null)).status).toBe(403)
  })
})
