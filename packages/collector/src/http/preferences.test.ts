import { describe, expect, test } from 'vitest'
import { type Key, testCollector, userToken } from '../testing/test-collector.ts'

const tokenOf = async (sub: string, claims: object = {}) => ({ 'x-user-token': await userToken({ sub, ...claims }) })
const jazz = { dimension: 'genre', value: 'jazz' }

async function openCollector() {
  const collector = await testCollector()
  const prefer = (body: unknown, key: Key = 'secret', headers: Record<string, string> = {}) =>
    collector.send('POST', '/v1/preferences', body, key, headers)
  const of = async (user: string) =>
    (
      (await collector.get(`/v1/users/${encodeURIComponent(user)}/preferences`, 'secret')).body as {
        preferences: object
      }
    ).preferences
  return { ...collector, prefer, of }
}

describe('a preference', () => {
  test('of a signed-in user grows with each request, and is that user’s own', async () => {
    const { prefer, of, get } = await openCollector()
    const [ann, ben] = [await tokenOf('ann'), await tokenOf('ben')]
    expect(await prefer(jazz, 'write', ann)).toMatchObject({ status: 200, body: { ...jazz, count: 1 } })
    expect((await prefer({ ...jazz, delta: 3 }, 'write', ann)).body).toEqual({ ...jazz, count: 4 })
    await prefer({ ...jazz, value: 'folk', userToken: ann['x-user-token'] }, 'write')
    await prefer({ dimension: 'venue', value: 'the cellar' }, 'write', ann)
    await prefer(jazz, 'write', ben)
    const theirs = { genre: { folk: 1, jazz: 4 }, venue: { 'the cellar': 1 } }
    expect(await of('ann')).toEqual(theirs)
    expect(await get('/v1/users/ann/preferences', 'write', ann)).toMatchObject({
      status: 200,
      body: { preferences: theirs },
    })
    for (const headers of [{}, ben]) {
      const refused = { status: 403, body: { code: 'forbidden' } }
      expect(await get('/v1/users/ann/preferences', 'write', headers)).toMatchObject(refused)
    }
    expect(await of('nobody')).toEqual({})
  })

  test('shrinks with a negative delta, and is gone at zero, never under it', async () => {
    const { prefer, of } = await openCollector()
    const by = (delta: number) => prefer({ ...jazz, delta, actorId: 'ann' })
    await by(2)
    expect((await by(-1)).body).toMatchObject({ count: 1 })
    expect((await by(-5)).body).toMatchObject({ count: 0 })
    expect(await of('ann')).toEqual({})
    expect((await by(-1)).body).toMatchObject({ count: 0 })
    expect((await by(1)).body).toMatchObject({ count: 1 })
  })

  test('is of an authenticated user only', async () => {
    const { prefer, of } = await openCollector()
    expect(await prefer(jazz, 'write')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await prefer(jazz, 'secret')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    const named = { ...jazz, actorId: 'ann' }
    expect(await prefer(named, 'write', await tokenOf('ann'))).toMatchObject({
      status: 400,
      body: { code: 'actor_not_allowed', errors: [{ pointer: '/actorId' }] },
    })
    expect(await prefer(jazz, 'write', { 'x-user-token': 'forged' })).toMatchObject({ status: 401 })
    expect(await of('ann')).toEqual({})
  })

  test('may have any names, whatever they are called elsewhere', async () => {
    const { prefer, of } = await openCollector()
    for (const name of ['__proto__', 'constructor', 'ünï 猫', 'a/b']) {
      await prefer({ dimension: name, value: name, actorId: 'ann/ann' })
    }
    expect(Object.entries(await of('ann/ann')).map(([name, values]) => [name, Object.entries(values)])).toEqual([
      ['__proto__', [['__proto__', 1]]],
      ['a/b', [['a/b', 1]]],
      ['constructor', [['constructor', 1]]],
      ['ünï 猫', [['ünï 猫', 1]]],
    ])
  })

  test('of one user is bounded: a new one beyond is a conflict, and those that are there go on', async () => {
    const { store, prefer } = await openCollector()
    const actor = { id: 'ann', type: null, traits: null }
    const change = (dimension: string, value: string) => store.changePreference({ actor, dimension, value, delta: 1 })
    await Promise.all(Array.from({ length: 500 }, (_, n) => change('genre', `g${n}`)))
    expect(await prefer({ ...jazz, actorId: 'ann' })).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect((await prefer({ ...jazz, value: 'g7', actorId: 'ann' })).body).toMatchObject({ count: 2 })
    for (let n = 1; n < 20; n++) expect(await change(`d${n}`, 'x')).toBe(1)
    expect(await change('one-more', 'x')).toBe('full')
    expect(await change('d1', 'y')).toBe(1)
    expect((await prefer({ ...jazz, actorId: 'ben' })).status).toBe(200)
  })

  test.each([
    [{ value: 'jazz' }, '/dimension'],
    [{ dimension: 'genre' }, '/value'],
    [{ ...jazz, dimension: 'x'.repeat(65) }, '/dimension'],
    [{ ...jazz, value: '' }, '/value'],
    [{ ...jazz, value: 'a\u0000b' }, '/value'],
    [{ ...jazz, delta: 0.5 }, '/delta'],
    [{ ...jazz, delta: 1001 }, '/delta'],
  ])('%j is a 400 that points at %s', async (body, pointer) => {
    const { prefer } = await openCollector()
    const answer = await prefer({ ...body, actorId: 'ann' })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ pointer }] } })
  })

  test('goes with its user when they are erased', async () => {
    const { prefer, of, send } = await openCollector()
    await prefer({ ...jazz, actorId: 'ben' })
    await prefer({ ...jazz, actorId: 'ann' })
    await send('DELETE', '/v1/users/ann', undefined, 'admin')
    expect(await of('ann')).toEqual({})
    expect(await of('ben')).toEqual({ genre: { jazz: 1 } })
    // Whoever gets the number that has become free gets nothing else with it.
    await prefer({ ...jazz, value: 'folk', actorId: 'cem' })
    expect(await of('cem')).toEqual({ genre: { folk: 1 } })
  })
})

describe('the traits of a user token', () => {
  test('are kept on the user, and are those of the last token', async () => {
    const { track, prefer, store } = await openCollector()
    const users = async () => {
      let text = ''
      for await (const chunk of store.export()) text += chunk
      const lines = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      return lines.filter(({ kind }) => kind === 'actor')
    }
    const save = { eventType: 'save', entityType: 'page', entityId: 'home' }
    const traits = { email: 'ann@example.com', creatorId: 'c1' }
    await track(save, 'write', await tokenOf('ann', { role: 'creator', traits }))
    expect(await users()).toEqual([{ kind: 'actor', actorId: 'ann', actorType: 'creator', traits }])
    const share = { ...save, eventType: 'share' }
    await track(share, 'write', await tokenOf('ann', { role: 'creator', traits: { email: 'ann@example.org' } }))
    await track({ ...save, eventType: 'like', actorId: 'ann' }, 'secret')
    const known = { kind: 'actor', actorId: 'ann', actorType: 'creator', traits: { email: 'ann@example.org' } }
    expect(await users()).toEqual([known])
    await prefer(jazz, 'write', await tokenOf('ben', { traits }))
    expect(await users()).toEqual([known, { kind: 'actor', actorId: 'ben', traits }])
  })
})
