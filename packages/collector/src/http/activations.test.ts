import {
  type ActivationStatus,
  type ActivationView,
  type ActivationWithToken,
  activationStatuses,
  definePlan,
} from '@tallymark/schemas'
import { describe, expect, test } from 'vitest'
import { testCollector } from '../testing/test-collector.ts'

const plan = definePlan({
  name: 'listings',
  entities: { event: {}, track: { registered: true } },
  events: { click: { on: 'any', role: 'view' } },
})

const spotlight = {
  entityType: 'event',
  entityId: 'e-1',
  partner: 'Lantern Yard',
  kind: 'spotlight',
  startsAt: '2026-01-01T00:00:00Z',
  endsAt: '2026-02-01T00:00:00Z',
}
const noon = Date.UTC(2026, 0, 15, 12)

async function openCollector() {
  const collector = await testCollector({ plan, now: () => noon })
  const ask = async (method: string, path = '', body?: unknown) => {
    const answer = await collector.send(method, `/v1/activations${path}`, body, 'secret')
    return {
      ...answer,
      body: answer.body as ActivationWithToken & { items: ActivationView[]; nextCursor: string | null; code: string },
    }
  }
  const add = async (fields: object = {}) => (await ask('POST', '', { ...spotlight, ...fields })).body
  /** One in the state, by the way that leads there. */
  const inStatus = async (status: ActivationStatus) => {
    const { activationId } = await add()
    if (status === 'active' || status === 'fulfilled') await ask('PATCH', `/${activationId}`, { status: 'active' })
    if (status === 'fulfilled' || status === 'cancelled') await ask('PATCH', `/${activationId}`, { status })
    return activationId
  }
  return { ...collector, ask, add, inStatus }
}

describe('an activation', () => {
  test('is made as a draft, and its token is told once', async () => {
    const { ask } = await openCollector()
    const { status, body } = await ask('POST', '', { ...spotlight, entityId: 7 })
    expect(status).toBe(201)
    const { token, ...view } = body
    expect(view).toEqual({
      ...{ activationId: expect.any(String), entityType: 'event', entityId: '7' },
      ...{ partner: 'Lantern Yard', kind: 'spotlight', status: 'draft' },
      ...{ startsAt: '2026-01-01T00:00:00.000Z', endsAt: '2026-02-01T00:00:00.000Z' },
      createdAt: '2026-01-15T12:00:00.000Z',
    })
    expect(token).toMatch(/^tm_act_[\w-]{32}$/)
    expect((await ask('GET', `/${body.activationId}`)).body).toEqual(view)
    expect((await ask('GET')).body).toEqual({ items: [view], nextCursor: null })
    expect((await ask('PATCH', `/${body.activationId}`, { partner: 'Tide' })).body).toEqual({
      ...view,
      partner: 'Tide',
    })
  })

  test('has its token kept hashed', async () => {
    const { add, store } = await openCollector()
    const { token } = await add()
    let exported = ''
    for await (const chunk of store.export()) exported += chunk
    expect(exported).toContain('"tokenHash"')
    expect(exported).not.toContain(token)
  })

  test('rotated has another token', async () => {
    const { add, ask } = await openCollector()
    const { token, ...view } = await add()
    const { status, body } = await ask('POST', `/${view.activationId}/rotate`)
    expect({ status, body }).toEqual({ status: 201, body: { ...view, token: expect.stringMatching(/^tm_act_/) } })
    expect(body.token).not.toBe(token)
  })

  test('goes from draft to active to fulfilled, or is cancelled before that, and no other way', async () => {
    const { ask, inStatus } = await openCollector()
    const allowed: string[] = []
    for (const from of activationStatuses) {
      for (const to of activationStatuses) {
        const id = await inStatus(from)
        const { status, body } = await ask('PATCH', `/${id}`, { status: to })
        if (status === 200) allowed.push(`${from} → ${to}`)
        else expect({ status, body }).toMatchObject({ status: 409, body: { code: 'conflict' } })
        expect((await ask('GET', `/${id}`)).body.status).toBe(status === 200 ? to : from)
      }
    }
    expect(allowed).toEqual([
      'draft → draft',
      'draft → active',
      'draft → cancelled',
      'active → active',
      'active → fulfilled',
      'active → cancelled',
      'fulfilled → fulfilled',
      'cancelled → cancelled',
    ])
  })

  test('that is fulfilled or cancelled stays as it is; only its token may be another', async () => {
    const { ask, inStatus } = await openCollector()
    for (const status of ['fulfilled', 'cancelled'] as const) {
      const id = await inStatus(status)
      for (const change of [{ partner: 'Tide' }, { kind: 'promoted' }, { endsAt: '2026-03-01T00:00:00Z' }]) {
        expect(await ask('PATCH', `/${id}`, change)).toMatchObject({ status: 409, body: { code: 'conflict' } })
      }
      expect((await ask('PATCH', `/${id}`, { partner: spotlight.partner })).status).toBe(200)
      expect((await ask('POST', `/${id}/rotate`)).status).toBe(201)
    }
  })

  test('ends behind its start, also after a change', async () => {
    const { ask, add } = await openCollector()
    const refused = { status: 400, body: { code: 'invalid_request', errors: [{ pointer: '/endsAt' }] } }
    expect(await ask('POST', '', { ...spotlight, endsAt: spotlight.startsAt })).toMatchObject(refused)
    const { activationId } = await add()
    expect(await ask('PATCH', `/${activationId}`, { startsAt: '2026-02-01T00:00:00Z' })).toMatchObject(refused)
    const moved = { startsAt: '2026-03-01T00:00:00Z', endsAt: '2026-04-01T00:00:00+02:00' }
    expect((await ask('PATCH', `/${activationId}`, moved)).body).toMatchObject({
      startsAt: '2026-03-01T00:00:00.000Z',
      endsAt: '2026-03-31T22:00:00.000Z',
    })
  })

  test('changed by two at once is changed by both or tells one of them', async () => {
    const { ask, add } = await openCollector()
    const { activationId } = await add({ status: 'active' })
    const answers = await Promise.all(
      (['fulfilled', 'cancelled'] as const).map((status) => ask('PATCH', `/${activationId}`, { status })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
    const winner = answers.find(({ status }) => status === 200)?.body.status
    expect((await ask('GET', `/${activationId}`)).body.status).toBe(winner)
  })

  test('is for an entity that exists where it must be registered', async () => {
    const { ask, put } = await openCollector()
    const track = { ...spotlight, entityType: 'track' }
    expect(await ask('POST', '', track)).toMatchObject({ status: 404, body: { code: 'entity_not_found' } })
    await put('/v1/entities/track/e-1', {})
    expect((await ask('POST', '', track)).status).toBe(201)
    expect(await ask('POST', '', { ...spotlight, entityType: 'trakc' })).toMatchObject({
      status: 400,
      body: { code: 'unknown_entity_type', errors: [{ pointer: '/entityType' }] },
    })
  })

  test.each([
    [{ kind: 'banner' }, '/kind'],
    [{ partner: '' }, '/partner'],
    [{ status: 'fulfilled' }, '/status'],
    [{ startsAt: '2026-01-01' }, '/startsAt'],
    [{ entityId: '' }, '/entityId'],
    [{ token: 'mine' }, '/token'],
  ])('is not made with %j', async (fields, pointer) => {
    const { ask } = await openCollector()
    expect(await ask('POST', '', { ...spotlight, ...fields })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer }] },
    })
    expect((await ask('GET')).body.items).toEqual([])
  })

  test('keeps its entity: another one would be another activation', async () => {
    const { ask, add } = await openCollector()
    const { activationId } = await add()
    expect(await ask('PATCH', `/${activationId}`, { entityId: 'e-2' })).toMatchObject({
      status: 400,
      body: { code: 'unrecognized_keys' },
    })
  })

  test('is found by what is known of it, the newest first, a page at a time', async () => {
    const { ask, add } = await openCollector()
    const made: string[] = []
    for (const fields of [
      {},
      { partner: 'Tide' },
      { kind: 'promoted' },
      { entityId: 'e-2', status: 'active' },
      { partner: 'Tide', entityId: 'e-2' },
    ]) {
      made.push((await add(fields)).activationId)
    }
    const find = async (query: string) =>
      (await ask('GET', query)).body.items.map(({ activationId }) => made.indexOf(activationId))
    expect(await find('')).toEqual([4, 3, 2, 1, 0])
    expect(await find('?partner=Tide')).toEqual([4, 1])
    expect(await find('?kind=promoted')).toEqual([2])
    expect(await find('?status=active')).toEqual([3])
    expect(await find('?entityType=event&entityId=e-2')).toEqual([4, 3])
    expect(await find('?entityId=e-2&partner=Tide')).toEqual([4])
    const first = (await ask('GET', '?limit=3')).body
    expect(first.items).toHaveLength(3)
    expect(await find(`?limit=3&cursor=${first.nextCursor}`)).toEqual([1, 0])
    expect((await ask('GET', '?state=active')).body.code).toBe('invalid_request')
  })

  test('that is unknown is a 404, and all of it takes a secret key', async () => {
    const { ask, send } = await openCollector()
    for (const [method, path] of [
      ['GET', '/x'],
      ['PATCH', '/x'],
      ['POST', '/x/rotate'],
      ['POST', ''],
      ['GET', ''],
    ] as const) {
      if (path) expect((await ask(method, path, method === 'PATCH' ? {} : undefined)).body.code).toBe('not_found')
      expect((await send(method, `/v1/activations${path}`, method === 'GET' ? undefined : {}, 'write')).status).toBe(
        403,
      )
    }
  })
})
