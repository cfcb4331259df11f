import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../testing/temp-folder.ts'
import { codeOf, type Key, testCollector } from '../testing/test-collector.ts'

const path = '/v1/admin/retention'
const day = 86_400_000
const noon = Date.UTC(2026, 5, 15, 12)
const save = { eventType: 'save', entityType: 'page', entityId: 'home' }

async function open(options: Parameters<typeof testCollector>[0] = {}) {
  const clock = { now: noon }
  const collector = await testCollector({ now: () => clock.now, ...options })
  const ask = async (method: string, body?: unknown, key: Key | null = 'admin') => {
    const { status, body: answer } = await collector.send(method, path, body, key)
    return { status, body: answer as Record<string, unknown> }
  }
  const countOf = async () => {
    const { body } = await collector.get('/v1/counts?entityType=page&entityId=home&eventType=save', 'secret')
    return (body as { counts: Record<string, Record<string, unknown>> }).counts.home?.save
  }
  return { ...collector, clock, ask, countOf }
}

describe('/v1/admin/retention', () => {
  test('keeps everything for good, until somebody says otherwise', async () => {
    const { ask } = await open()
    const nothing = { keepDays: null, from: 'database', last: null, frozenBefore: null }
    expect(await ask('GET')).toEqual({ status: 200, body: nothing })
    expect((await ask('PUT', { keepDays: 400 })).body).toEqual({ ...nothing, keepDays: 400 })
    expect((await ask('PUT', { keepDays: null })).body).toEqual(nothing)
  })

  test('lets go of what is older, at once where it is asked to, and tells what that was', async () => {
    const { ask, track, clock, countOf } = await open()
    await track(save)
    await track({ ...save, props: { another: true } })
    clock.now += 40 * day
    await track(save)
    expect((await ask('POST')).body, 'nobody has said for how long').toEqual({ pruned: 0 })
    await ask('PUT', { keepDays: 31 })
    expect((await ask('POST')).body).toEqual({ pruned: 2 })
    const prunedAt = new Date(clock.now).toISOString()
    clock.now += 1000
    expect((await ask('POST')).body).toEqual({ pruned: 0 })
    expect((await ask('GET')).body).toEqual({
      keepDays: 31,
      from: 'database',
      last: { at: prunedAt, events: 2 },
      frozenBefore: new Date(noon + 9 * day).toISOString().slice(0, 10),
    })
    expect(await countOf(), 'counts stay').toMatchObject({ count: 3 })
  })

  test('remembers it after a restart', async () => {
    const file = join(tempFolder(), 'test.db')
    const first = await open({ file })
    await first.ask('PUT', { keepDays: 90 })
    await first.close()
    const again = await open({ file })
    expect((await again.ask('GET')).body).toMatchObject({ keepDays: 90, from: 'database' })
  })

  test('leaves what the configuration says to the configuration', async () => {
    const { ask, track, clock } = await open({ keepDays: 31 })
    expect((await ask('GET')).body).toMatchObject({ keepDays: 31, from: 'configuration' })
    const { status, body } = await ask('PUT', { keepDays: 400 })
    expect([status, codeOf(body)]).toEqual([400, 'invalid_request'])
    await track(save)
    clock.now += 40 * day
    expect((await ask('POST')).body).toEqual({ pruned: 1 })
  })

  test.each([
    { keepDays: 30 },
    { keepDays: 31.5 },
    { keepDays: '31' },
    { keepDays: 0 },
    {},
    { keepDays: 90, days: 90 },
    null,
  ])('refuses %j', async (body) => {
    const { ask } = await open()
    expect((await ask('PUT', body)).status).toBe(400)
    expect((await ask('GET')).body).toMatchObject({ keepDays: null })
  })

  test.each(['write', 'secret', null] as const)('is nothing for who has a %s key', async (key) => {
    const { ask } = await open()
    for (const method of ['GET', 'PUT', 'POST']) {
      expect((await ask(method, method === 'PUT' ? { keepDays: 31 } : undefined, key)).status).toBe(key ? 403 : 401)
    }
  })
})
