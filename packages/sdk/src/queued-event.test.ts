import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toQueued } from './queued-event.ts'

const made = (title: string) => ({
  eventType: 'save',
  occurredAt: 1,
  idempotencyKey: '019',
  context: { title },
})

test('an event knows its size in UTF-8', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.oneof(
          fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
          fc.constantFrom('ä', 'Я', '語', '😀', '\ud83d', '\ude00'),
        ),
      }),
      (title) => {
        const { bytes, json } = toQueued(made(title), null)
        expect(bytes).toBe(new TextEncoder().encode(json).length)
      },
    ),
  )
})
