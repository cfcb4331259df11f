import type { Problem } from '@tallymark/schemas'
import { expect, test } from 'vitest'
import { readGolden } from '../../../schemas/golden/read.ts'
import { testCollector } from '../testing/test-collector.ts'

const places = ({ errors }: Problem) => errors?.map(({ pointer, code }) => ({ pointer, code }))

test('every valid golden payload is answered as it says, one after another', async () => {
  const now = Date.now()
  const { send, errors } = await testCollector({ now: () => now })
  for (const { name, path, body, expect: expected } of readGolden('valid', now)) {
    const answer = await send('POST', path, body, 'write')
    expect.soft({ status: answer.status, body: answer.body }, name).toMatchObject(expected)
  }
  expect(errors).toEqual([])
})

test('every invalid golden payload is refused with its code and its places, and stores nothing', async () => {
  const now = Date.now()
  const { send, errors, store } = await testCollector({ now: () => now })
  const rows = readGolden('invalid', now)
  for (const { name, path, body, expect: expected } of rows) {
    const answer = await send('POST', path, body, 'write')
    const problem = answer.body as Problem
    expect
      .soft({ status: answer.status, code: problem.code }, name)
      .toEqual({ status: expected.status, code: expected.code })
    expect.soft(answer.headers.get('content-type'), name).toBe('application/problem+json')
    if (expected.errors) expect.soft(places(problem), name).toEqual(expected.errors)
  }
  expect(errors).toEqual([])
  expect(await store.verify()).toEqual([])
  const entities = new Set(rows.flatMap(({ body }) => String((body as { entityId?: unknown }).entityId ?? [])))
  for (const entityId of entities) {
    const { answer } = await store.counts({
      entityType: 'article',
      entityIds: [entityId],
      eventTypes: ['view', 'save'],
    })
    expect(answer.counts[entityId]).toEqual({ view: { count: 0, unique: 0 }, save: { count: 0, unique: 0 } })
  }
})
