import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { HttpProblem } from './http-problem.ts'
import { readParams, readQuery } from './query.ts'

const schema = z.object({
  from: z.iso.date(),
  limit: z.coerce.number().int().max(100).default(10),
  tag: z.array(z.string()).optional(),
  id: z.preprocess((ids) => ids, z.array(z.string())).default([]),
})

async function ask(path: string) {
  const app = new Hono()
  app.get('/of/:day', (c) => c.json(readParams(c, z.object({ day: z.iso.date() }))))
  app.get('/', (c) => c.json(readQuery(c, schema)))
  app.get('/strict', (c) => c.json(readQuery(c, z.strictObject(schema.shape))))
  app.onError((error, c) => c.text(error instanceof HttpProblem ? error.problem.detail : `${error}`, 400))
  const response = await app.request(path)
  return response.ok ? response.json() : response.text()
}

test('parameters are read by their schema, and others left alone', async () => {
  expect(await ask('/?from=2026-01-15&limit=7&key=tm_pub_x')).toEqual({ from: '2026-01-15', limit: 7, id: [] })
})

test('a strict schema leaves no other alone but the key', async () => {
  const from = 'from=2026-01-15'
  expect(await ask(`/strict?${from}&key=tm_pub_x`)).toMatchObject({ from: '2026-01-15' })
  expect(await ask(`/strict?${from}&form=csv`)).toBe('the parameter form is not a known key')
  expect(await ask(`/strict?${from}&__proto__=x`)).toBe('the parameter __proto__ is not a known key')
})

test('a list may be given once, again and again, or not at all', async () => {
  expect(await ask('/?from=2026-01-15&tag=a&id=1&id=2')).toMatchObject({ tag: ['a'], id: ['1', '2'] })
})

test.each([
  ['/', 'the parameter from is missing'],
  ['/?from=yesterday', 'the parameter from must be an ISO 8601 date'],
  ['/?from=2026-01-15&from=2026-01-16', 'the parameter from must be given once'],
  ['/?from=2026-01-15&limit=101', 'the parameter limit must be at most 100'],
  ['/of/yesterday', 'the parameter day must be an ISO 8601 date'],
])('%s is refused: %s', async (path, detail) => {
  expect(await ask(path)).toBe(detail)
})
