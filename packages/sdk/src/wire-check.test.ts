import { eventSchema } from '@tallymark/schemas'
import { expect, test } from 'vitest'
import type { TrackedEvent } from './tracked-event.ts'
import { wireFault } from './wire-check.ts'

const good: TrackedEvent = {
  eventType: 'save',
  entityType: 'project',
  entityId: 42,
  surface: 'explore',
  position: 0,
  durationMs: 0.5,
  props: { a: 1 },
  sessionId: '019de0d5-c800-7000-8000-0f63ae0249fb',
  attribution: {},
  context: {},
  occurredAt: 1,
  idempotencyKey: '019de0d5-c800-7000-8000-0f63ae0249fb',
}

test('a good event has no fault', () => {
  expect(wireFault(good)).toBeUndefined()
  const { entityType, entityId, surface, position, durationMs, props, ...bare } = good
  expect(wireFault(bare)).toBeUndefined()
})

test.each([
  ['eventType', 'Save'],
  ['eventType', ''],
  ['entityType', 'Project'],
  ['entityId', ''],
  ['entityId', 1.5],
  ['surface', ''],
  ['surface', 7],
  ['position', -1],
  ['position', 1.5],
  ['position', '3'],
  ['durationMs', -1],
  ['durationMs', 'long'],
  ['props', null],
  ['props', 'x'],
])('%s as %j is a fault, and the wire schema refuses it, too', (field, value) => {
  const event = { ...good, [field]: value } as TrackedEvent
  expect(wireFault(event)).toBeTypeOf('string')
  expect(eventSchema.safeParse(event).success).toBe(false)
})

test('half an entity is none', () => {
  const { entityType, ...nameless } = good
  const { entityId, ...typeOnly } = good
  expect([wireFault(nameless), wireFault(typeOnly)]).toEqual(Array(2).fill('an entity has a type and an id'))
})
