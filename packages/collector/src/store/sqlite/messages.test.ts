import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newEvent } from '../../testing/events.ts'
import { outcomes } from '../store.ts'
import { decodeOutcomes, encodeOutcomes, pushEvent, readEvent } from './messages.ts'

const text = fc.option(fc.string())

test('an event is read as it was laid down, wherever it stands in the array', () => {
  const fields = fc.record({
    trust: fc.constantFrom('public' as const, 'server' as const),
    entityType: text,
    entityId: text,
    registered: fc.boolean(),
    actor: fc.option(fc.record({ id: fc.string(), type: text, traits: text })),
    anonymousId: text,
    sessionId: text,
    dayViewer: text,
    surface: text,
    position: fc.option(fc.nat()),
    durationMs: fc.option(fc.double({ noNaN: true })),
    completed: fc.option(fc.boolean()),
    props: text,
    campaign: text,
    arrival: text,
    device: text,
    page: text,
    channel: text,
    agent: text,
    country: text,
    region: text,
    bot: text,
    dedupe: fc.option(fc.record({ key: fc.string(), windowMs: fc.nat() })),
    expired: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(fields, { minLength: 1, maxLength: 5 }), (list) => {
      const events = list.map(newEvent)
      const flat: Parameters<typeof pushEvent>[0] = []
      for (const event of events) pushEvent(flat, event)
      expect(events.map((_, n) => readEvent(flat, n))).toEqual(events)
    }),
  )
})

test('an outcome that nobody knows is an error, and never taken for stored', () => {
  expect(decodeOutcomes(encodeOutcomes(outcomes))).toEqual(outcomes)
  expect(() => decodeOutcomes(Uint8Array.of(255))).toThrow(/nobody knows: 255/)
})
