import fc from 'fast-check'
import { expect, test } from 'vitest'
import { entitySums, unpackEntitySums } from './entity-sums.ts'
import { flags } from './fact.ts'

const someFact = fc.record({
  type: fc.constantFrom(1, 2, 40),
  entity: fc.oneof(fc.nat(3), fc.constantFrom(31, 32, 33, 62, 63, 64, 70_000), fc.integer({ min: 1, max: 2 ** 17 })),
  flags: fc.constantFrom(0, flags.completed, flags.overCap, flags.completed | flags.overCap),
  duration: fc.constantFrom(0, 0, 0.5, 61_000),
  times: fc.constantFrom(1, 3, 7, 8, 300),
})
type SomeFact = typeof someFact extends fc.Arbitrary<infer Fact> ? Fact : never

function packed(facts: readonly SomeFact[]): Buffer {
  const summing = entitySums.begin()
  const column = (name: keyof SomeFact) =>
    Float64Array.from(facts.flatMap((fact) => Array(fact.times).fill(fact[name])))
  const [type, entity, bits, duration] = [column('type'), column('entity'), column('flags'), column('duration')]
  summing.add({ day: 0, part: 0, rows: type.length, type, entity, flags: bits, duration }, new Uint32Array())
  return summing.pack()
}

/** What a fact comes to, by hand. */
function byHand(facts: readonly SomeFact[], type: number, isOverCap: boolean) {
  const sums = new Map<number, { entity: number; count: number; completed: number; durationMs: number }>()
  for (const fact of facts) {
    if (fact.type !== type || fact.entity === 0 || ((fact.flags & flags.overCap) !== 0) !== isOverCap) continue
    const { entity } = fact
    const sum = sums.get(entity) ?? { entity, count: 0, completed: 0, durationMs: 0 }
    sum.count += fact.times
    if ((fact.flags & flags.completed) !== 0) sum.completed += fact.times
    sum.durationMs += fact.times * fact.duration
    sums.set(entity, sum)
  }
  return [...sums.values()].sort((a, b) => a.entity - b.entity)
}

test('each type has its entities with what happened to them, however far apart their numbers lie', () => {
  fc.assert(
    fc.property(fc.array(someFact), (facts) => {
      const record = packed(facts)
      for (const type of [1, 2, 40]) {
        const found = { over: [] as object[], within: [] as object[] }
        for (const sums of unpackEntitySums(record, (each) => each === type)) {
          const counts = new Uint32Array(2 ** 17 + 1)
          sums.addTo(counts)
          expect(counts.filter((events) => events > 0)).toHaveLength(sums.rows)
          const entity = sums.entities()
          const [completed, durationMs] = [sums.column('completed'), sums.column('durationMs')]
          found[sums.isOverCap ? 'over' : 'within'] = Array.from(entity, (entity, row) => ({
            ...{ entity, count: counts[entity], completed: completed[row], durationMs: durationMs[row] },
          }))
        }
        expect(found).toEqual({ over: byHand(facts, type, true), within: byHand(facts, type, false) })
      }
    }),
  )
})

test('some entities have the same sums as among all', () => {
  fc.assert(
    fc.property(fc.array(someFact), fc.array(fc.nat(80), { maxLength: 5 }), fc.nat(70_001), (facts, some, other) => {
      const asked = new Set([...some, other])
      const entities = new Uint8Array(Math.max(...asked) + 1)
      for (const entity of asked) entities[entity] = 1
      const expected = byHand(facts, 1, false).filter(({ entity }) => asked.has(entity))
      const [sums] = [...unpackEntitySums(packed(facts), (type) => type === 1)].filter(({ isOverCap }) => !isOverCap)
      const { rows, count, column } = sums?.of(entities) ?? { rows: 0, count: [], column: () => [] }
      const [completed, durationMs] = [column('completed'), column('durationMs')]
      expect(Array.from({ length: rows }, (_, row) => [count[row], completed[row], durationMs[row]])).toEqual(
        expected.map((sum) => [sum.count, sum.completed, sum.durationMs]),
      )
    }),
  )
})

test('an entity with few events, next to another, takes one byte', () => {
  const of = (entities: number) =>
    packed(Array.from({ length: entities }, (_, n) => ({ type: 1, entity: n + 1, flags: 0, duration: 0, times: 3 })))
  expect(of(1000).length - of(1).length).toBe(999)
})
