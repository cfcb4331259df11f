import { type BatchAck, batchSchema } from '@tallymark/schemas'
import { expect, test } from 'vitest'
import { readGolden } from '../../schemas/golden/read.ts'
import { judge } from './judge.ts'
import type { QueuedEvent } from './queued-event.ts'

const queued = (id: string, identity: string | null = null): QueuedEvent => ({ id, identity, bytes: 2, json: '{}' })
const batch = [queued('a'), queued('b'), queued('c')]
const fulfilled = (index: number) => ({
  index,
  status: 'fulfilled',
  data: { eventId: 'x', tracked: true },
  error: null,
})
const rejected = (index: number, code: string) => ({
  index,
  status: 'rejected',
  data: null,
  error: { code, detail: 'why' },
})
const answer = (status: number, body: unknown) => ({
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  retryAfter: null,
})

const golden = readGolden('valid', Date.now()).filter(({ path }) => path === '/v1/batch')

test.each(golden)('understands the answer to: $name', ({ body, expect: { status, body: said } }) => {
  const sent = batchSchema.parse(body).events.map((_, place) => queued(String(place)))
  const { results } = said as Partial<BatchAck>
  const verdict = judge(sent, answer(status, { results: results ?? sent.map((_, index) => fulfilled(index)) }))
  expect(verdict.done).toHaveLength(Number(said.successful))
  expect(verdict.dropped).toHaveLength(Number(said.failed))
  expect(verdict.next).toBe('go_on')
})

test('what is acknowledged is done, what is refused is dropped by name, the batch goes on', () => {
  const verdict = judge(batch, answer(200, { results: [fulfilled(0), rejected(1, 'missing_prop'), fulfilled(2)] }))
  expect(verdict).toMatchObject({
    done: [{ id: 'a' }, { id: 'c' }],
    dropped: [{ queued: { id: 'b' }, reason: 'missing_prop', detail: 'why' }],
    next: 'go_on',
  })
})

test('an event that the answer leaves out goes again', () => {
  expect(judge(batch, answer(200, { results: [fulfilled(0), fulfilled(1)] }))).toMatchObject({
    done: [{ id: 'a' }, { id: 'b' }],
    next: 'retry',
  })
})

test('an answer for events that were not sent is ignored', () => {
  const results = [fulfilled(0), fulfilled(1), fulfilled(2), fulfilled(7)]
  expect(judge(batch, answer(200, { results })).done).toHaveLength(3)
})

test.each(['', '<html>Welcome to the hotel</html>', 'null', '[]', '{"results":4}'])(
  'a 200 that says %j acknowledges nothing',
  (body) => {
    expect(judge(batch, answer(200, body))).toMatchObject({ done: [], dropped: [], next: 'retry' })
  },
)

test('one event that spoils every request is dropped in the end', () => {
  const said = answer(400, { code: 'invalid_request', detail: 'bad' })
  expect(judge(batch, said)).toMatchObject({ dropped: [], next: 'halve' })
  expect(judge([queued('a')], said)).toMatchObject({ dropped: [{ reason: 'invalid_request' }], next: 'go_on' })
})

test('a refused user token makes the events wait, and says so', () => {
  const said = answer(401, { code: 'invalid_user_token', detail: 'expired' })
  const verdict = judge([queued('a', 'ann')], said)
  expect(verdict).toMatchObject({ done: [], dropped: [], next: 'wait_for_token' })
  expect(verdict.complaint).toContain('expired')
})

test('a refused user token that nobody sent is no reason to repeat at once', () => {
  expect(judge(batch, answer(401, { code: 'invalid_user_token', detail: '' })).next).toBe('retry')
})

test('a wrong key stops, with a complaint that names it', () => {
  const verdict = judge(batch, answer(401, { code: 'invalid_key', detail: 'no such key' }))
  expect(verdict).toMatchObject({ done: [], dropped: [], next: 'stop' })
  expect(verdict.complaint).toMatch(/invalid_key.*no such key/)
})

test('an overload passes on how long to wait', () => {
  expect(judge(batch, answer(503, { code: 'overloaded' })).next).toBe('retry')
})
