import { describe, expect, test } from 'vitest'
import { readGolden } from '../golden/read.ts'
import type { BatchResult, Rejection } from './ack.ts'
import { batchSchema } from './batch.ts'
import { compilePlan } from './compile-plan.ts'
import { eventSchema, trackEnvelopeSchema } from './event.ts'
import { generalPlan } from './general-plan.ts'
import * as limits from './limits.ts'
import { checkAgainstPlan } from './plan-rules.ts'
import { problems } from './problem.ts'
import { fitsBytes } from './props.ts'
import { rejectionFromZod } from './rejection.ts'

const plan = compilePlan(generalPlan)
const now = Date.parse('2026-06-01T12:00:00Z')

/** What only the collector can tell: by its clock, its keys and what it has stored. */
const collectorsOwn = ['occurred_too_old', 'occurred_in_future', 'source_not_allowed', 'actor_not_allowed']

function checkEvent(event: unknown, prefix = ''): Rejection | undefined {
  if (!fitsBytes(event, limits.maxEventBytes)) return { code: 'event_too_large', detail: 'it is too large' }
  const parsed = eventSchema.safeParse(event)
  return parsed.success ? checkAgainstPlan(parsed.data, plan, prefix) : rejectionFromZod(parsed.error, prefix)
}

function checkTrack(body: unknown): Rejection | undefined {
  const envelope = trackEnvelopeSchema.safeParse(body)
  if (!envelope.success) return rejectionFromZod(envelope.error, '', 'invalid_request')
  const { sentAt: _, userToken: __, ...event } = envelope.data
  return checkEvent(event)
}

/** Why the whole batch is refused, or why each of its events is. */
function checkBatch(body: unknown): Rejection | (Rejection | undefined)[] {
  const batch = batchSchema.safeParse(body)
  if (!batch.success) return rejectionFromZod(batch.error, '', 'invalid_request')
  const { events } = batch.data
  if (events.length > limits.maxBatchEvents) return { code: 'batch_too_large', detail: 'there are too many events' }
  return events.map((event, index) => checkEvent(event, `/events/${index}`))
}

const places = ({ errors }: { errors?: { pointer: string; code: string }[] }) =>
  errors?.map(({ pointer, code }) => ({ pointer, code }))

describe('valid payloads', () => {
  test.each(readGolden('valid', now))('$name', ({ path, body, expect: { status, body: answer } }) => {
    if (path === '/v1/track') {
      expect(status).toBe(answer.tracked ? 201 : 200)
      expect(checkTrack(body)).toBeUndefined()
      return
    }
    expect(status).toBe(200)
    const outcomes = checkBatch(body)
    if (!Array.isArray(outcomes)) throw new Error(outcomes.detail)
    expect(answer.total).toBe(outcomes.length)
    for (const { index, error } of (answer.results ?? []) as BatchResult[]) {
      if (error && collectorsOwn.includes(error.code)) continue
      expect(outcomes[index]?.code).toBe(error?.code)
      if (error?.errors) expect(places(outcomes[index] ?? {})).toEqual(places(error))
    }
  })
})

describe('invalid payloads', () => {
  test.each(readGolden('invalid', now))('$name', ({ path, body, expect: { status, code, errors } }) => {
    expect(problems).toHaveProperty(code, expect.objectContaining({ status }))
    const rejection = path === '/v1/track' ? checkTrack(body) : checkBatch(body)
    if (collectorsOwn.includes(code)) return expect(rejection).toBeUndefined()
    if (!rejection || Array.isArray(rejection)) throw new Error('it was accepted')
    expect(rejection.code).toBe(code)
    if (errors) expect(places(rejection)).toEqual(errors)
  })
})

describe('every row', () => {
  const rows = [...readGolden('valid', now), ...readGolden('invalid', now)]

  test('has a name of its own', () => {
    expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length)
  })

  test('is written out', () => {
    expect(JSON.stringify(rows)).not.toMatch(/\$NOW|\$repeat/)
  })

  test('fits into a request', () => {
    for (const { body } of rows) expect(fitsBytes(body, limits.maxBodyBytes)).toBe(true)
  })
})

test('every field of an event is accepted somewhere and refused somewhere', () => {
  const accepted = JSON.stringify(readGolden('valid', now))
  const refused = JSON.stringify(readGolden('invalid', now).map((row) => row.expect.errors))
  for (const field of Object.keys(eventSchema.shape)) {
    if (field === 'actorId' || field === 'actorType') continue
    expect(accepted).toContain(`"${field}":`)
    expect(refused).toContain(`/${field}`)
  }
})

test('instants are set around the time of the test', () => {
  const find = (name: string) => readGolden('valid', now).find((row) => row.name === name)?.body
  expect(find('an event may be 29 days old')).toMatchObject({ occurredAt: '2026-05-03T12:00:00.000Z' })
  expect(find('an instant may be milliseconds since 1970')).toMatchObject({ occurredAt: now - 300_000 })
})
