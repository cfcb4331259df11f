import { definePlan } from '@tallymark/schemas'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { TrackedEvent } from './tracked-event.ts'
import { validated } from './validate.ts'

const said = vi.spyOn(console, 'error').mockImplementation(() => {})
beforeEach(() => said.mockClear())

const plan = definePlan({
  name: 'shop',
  entities: { project: {} },
  events: {
    view: { on: ['project'] },
    rate: { on: ['project'], props: z.object({ stars: z.int().min(1).max(5) }) },
  },
})

const event: TrackedEvent = {
  eventType: 'rate',
  entityType: 'project',
  entityId: 42,
  props: { stars: 3 },
  sessionId: '019de0d5-c800-7000-8000-0f63ae0249fb',
  attribution: {},
  context: {},
  occurredAt: 1,
  idempotencyKey: '019de0d5-c800-7000-8000-0f63ae0249fb',
}

describe('an event that is checked before it is sent', () => {
  test('is silent when the plan takes it', () => {
    const beforeSend = validated(plan)
    expect(beforeSend(event)).toBe(event)
    expect(beforeSend.check?.(event)).toBeUndefined()
    expect(said).not.toHaveBeenCalled()
  })

  test.each([
    [{ eventType: 'rat' }, "no event type 'rat'"],
    [{ props: { stars: 'five' } }, 'props.stars'],
    [{ props: {} }, 'props.stars'],
    [{ entityType: undefined, entityId: undefined }, 'entityType is missing'],
    [{ position: -1 }, 'position'],
    [{ surfaces: 'explore' }, 'surfaces'],
  ])('with %j is told of, and sent all the same', (change, fault) => {
    const wrong = { ...event, ...change } as TrackedEvent
    expect(validated(plan)(wrong)).toBe(wrong)
    expect(said.mock.calls.flat().join()).toContain(fault)
  })

  test('is checked as the page’s own function leaves it', () => {
    const beforeSend = validated(plan, (made) => (made.eventType === 'view' ? null : { ...made, props: { stars: 9 } }))
    expect(beforeSend({ ...event, eventType: 'view' })).toBeNull()
    expect(beforeSend(event)).toMatchObject({ props: { stars: 9 } })
    expect(said).toHaveBeenCalledOnce()
  })

  test('goes unchecked when the plan cannot be used, which is told once', () => {
    const beforeSend = validated({ ...plan, name: '' })
    expect(beforeSend(event)).toBe(event)
    expect(said.mock.calls.flat().join()).toContain('plan cannot be used')
  })
})
