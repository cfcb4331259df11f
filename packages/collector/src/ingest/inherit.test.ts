import { compilePlan, generalPlan } from '@tallymark/schemas'
import { describe, expect, test } from 'vitest'
import { decode } from './decode.ts'
import type { Draft, IngestRequest } from './draft.ts'
import { inherit } from './inherit.ts'

const plan = compilePlan(generalPlan)

/** The event as it is after it took over what its batch says. */
function inherited(event: Record<string, unknown>, batch: Partial<IngestRequest> = {}): Draft {
  const request: IngestRequest = {
    receivedAt: 0,
    trust: 'public',
    keyId: 'k1',
    clientKey: null,
    actor: null,
    client: null,
    ...batch,
  }
  const draft = decode({ eventType: 'page_view', ...event }, { pointer: '' }, plan, request)
  if (!('event' in draft)) throw new Error(draft.detail)
  expect(inherit(draft)).toBeUndefined()
  return draft
}

describe('of what a batch says for all, an event', () => {
  test('without an attribution takes the batch’s', () => {
    expect(inherited({}, { attribution: { utmSource: 'batch' } }).attribution).toEqual({ utmSource: 'batch' })
  })

  test('with one of its own takes nothing: a touch is not mixed with another', () => {
    const batch = { attribution: { utmSource: 'batch', utmMedium: 'mail' } }
    expect(inherited({ attribution: { utmSource: 'own' } }, batch).attribution).toEqual({ utmSource: 'own' })
    expect(inherited({ attribution: {} }, batch).attribution).toEqual({})
  })

  test('fills its context field by field, its own first', () => {
    const batch = { context: { path: '/batch', locale: 'de', sdk: { name: 'batch', version: '1' } } }
    expect(inherited({ context: { path: '/own', title: 'Own' } }, batch).context).toEqual({
      path: '/own',
      title: 'Own',
      locale: 'de',
      sdk: { name: 'batch', version: '1' },
    })
    expect(inherited({}, batch).context).toEqual(batch.context)
    expect(inherited({ context: {} }, batch).context).toEqual(batch.context)
  })

  test('keeps an empty text of its own', () => {
    expect(inherited({ context: { title: '' } }, { context: { title: 'batch' } }).context).toEqual({ title: '' })
  })

  test('has nothing when neither says anything', () => {
    expect(inherited({})).toMatchObject({ attribution: undefined, context: undefined })
    expect(inherited({ context: { path: '/own' } }).context).toEqual({ path: '/own' })
  })

  test('leaves the batch as it was for the next event', () => {
    const batch = { attribution: { utmSource: 'batch' }, context: { locale: 'de' } }
    inherited({ attribution: { utmSource: 'own' }, context: { locale: 'fr', path: '/own' } }, batch)
    expect(batch).toEqual({ attribution: { utmSource: 'batch' }, context: { locale: 'de' } })
    expect(inherited({}, batch).context).toEqual({ locale: 'de' })
  })
})
