import { v7 } from 'uuid'
import { expect, test } from 'vitest'
import type { QueuedEvent } from './queued-event.ts'
import { createSpill } from './spill.ts'
import type { KeyValue } from './storage.ts'

const make = (bytes = 10): QueuedEvent => ({ id: v7(), identity: null, bytes, json: '{"eventType":"save"}' })

function memory(): KeyValue {
  const kept = new Map<string, string>()
  return {
    read: (key) => kept.get(key) ?? null,
    write: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
    keys: () => [...kept.keys()],
  }
}

test('the next page finds what a leaving one wrote, until it is clear', () => {
  const storage = memory()
  const events = [make(), make()]
  createSpill(storage, 'queue').write(events)
  const next = createSpill(storage, 'queue')
  expect(next.read()).toEqual(events)
  expect(createSpill(storage, 'queue').read()).toEqual(events)
  next.clear()
  expect(storage.keys()).toEqual([])
})

test('tabs that leave in the same moment do not write over each other', () => {
  const storage = memory()
  const [one, other] = [make(), make()]
  createSpill(storage, 'queue').write([one])
  createSpill(storage, 'queue').write([other])
  expect(createSpill(storage, 'queue').read()).toEqual([one, other])
})

test('clearing leaves alone what another tab wrote meanwhile', () => {
  const storage = memory()
  const leaving = createSpill(storage, 'queue')
  const [early, late] = [make(), make()]
  leaving.write([early])
  const next = createSpill(storage, 'queue')
  next.read()
  leaving.write([early, late])
  next.clear()
  expect(createSpill(storage, 'queue').read()).toEqual([early, late])
})

test('what was taken over and cannot be saved is written again, once', () => {
  const storage = memory()
  for (let page = 0; page < 5; page++) {
    const spill = createSpill(storage, 'queue')
    spill.write([...spill.read(), make()])
  }
  expect(storage.keys()).toHaveLength(1)
  expect(createSpill(storage, 'queue').read()).toHaveLength(5)
})

test('is bounded: the oldest are written', () => {
  const storage = memory()
  const events = Array.from({ length: 60 }, () => make(10_000))
  createSpill(storage, 'queue').write(events)
  expect(createSpill(storage, 'queue').read()).toEqual(events.slice(0, 50))
})

test.each(['', 'no JSON', '{"id":1}', '7', '[null]', '[{"json":"{"}]'])('takes %j for nothing', (text) => {
  const storage = memory()
  storage.write('queue spill 1', text)
  expect(createSpill(storage, 'queue').read()).toEqual([])
})

test('another queue’s spill is none of its business', () => {
  const storage = memory()
  createSpill(storage, 'queue a').write([make()])
  const other = createSpill(storage, 'queue b')
  expect(other.read()).toEqual([])
  other.clear()
  expect(storage.keys()).toHaveLength(1)
})
