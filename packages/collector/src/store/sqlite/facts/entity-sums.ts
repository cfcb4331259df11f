import { packColumn, pickFrom, unpackColumn } from './column.ts'
import { flags } from './fact.ts'
import type { Numbers } from './fact-reader.ts'
import { Room } from './room.ts'
import type { SummaryKind } from './summary-kind.ts'

/** What is kept of each entity beside how many events it had. */
const names = ['completed', 'durationMs'] as const

type Name = (typeof names)[number]

/**
 * The events of one type on a day by entity; those over a client's cap apart. Unpacked as far as is asked for: what is
 * returned is there until the same is asked for again, of any day.
 */
export interface EntitySums {
  type: number
  isOverCap: boolean
  rows: number
  /** Adds the events to those of each entity, by its number. */
  addTo(counts: Uint32Array): void
  /** The entities with any, in the order of their numbers. */
  entities(): Uint32Array
  /** The same entities' other numbers. */
  column(name: Name): Numbers
  /** Some entities' alone, which are 1 by their numbers. */
  of(entities: Uint8Array): SomeSums
}

/** The sums of some entities, each a row. */
export interface SomeSums {
  rows: number
  count: Uint32Array
  column(name: Name): Numbers
}

interface Sum {
  entity: number
  count: number
  completed: number
  durationMs: number
}

/** What happened on a day to each entity, by event type: events, completed ones, durations. */
export const entitySums: SummaryKind<'type' | 'entity' | 'flags' | 'duration'> = {
  columns: ['type', 'entity', 'flags', 'duration'],
  begin() {
    const groups = new Map<number, Map<number, Sum>>()
    return {
      add({ rows, type, entity, flags: bits, duration }) {
        for (let row = 0; row < rows; row++) {
          const on = entity[row] as number
          if (on === 0) continue
          const bit = bits[row] as number
          const sum = sumOf(groupOf(groups, (type[row] as number) * 2 + ((bit & flags.overCap) === 0 ? 0 : 1)), on)
          sum.count++
          sum.durationMs += duration[row] as number
          if ((bit & flags.completed) !== 0) sum.completed++
        }
      },
      pack() {
        const inOrder = [...groups].sort(([a], [b]) => a - b)
        return Buffer.concat(inOrder.flatMap(([group, sums]) => packGroup(group, [...sums.values()])))
      },
    }
  },
}

function groupOf(groups: Map<number, Map<number, Sum>>, key: number): Map<number, Sum> {
  let group = groups.get(key)
  if (!group) {
    group = new Map()
    groups.set(key, group)
  }
  return group
}

function sumOf(group: Map<number, Sum>, entity: number): Sum {
  let sum = group.get(entity)
  if (!sum) {
    sum = { entity, count: 0, completed: 0, durationMs: 0 }
    group.set(entity, sum)
  }
  return sum
}

function packGroup(group: number, sums: Sum[]): Buffer[] {
  sums.sort((a, b) => a.entity - b.entity)
  const parts = [packSteps(sums), ...names.map((name) => packColumn(sums.map((sum) => sum[name])))]
  const head = Uint32Array.of(group, sums.length, ...parts.map(({ length }) => length))
  return [Buffer.from(head.buffer), ...parts]
}

/** The sums of a packed day; of the types that are wanted. */
export function* unpackEntitySums(packed: Buffer, isWanted: (type: number) => boolean): Generator<EntitySums> {
  for (let at = 0; at < packed.length; ) {
    const [group, rows, ...sizes] = headOf(packed, at)
    const parts: Buffer[] = []
    at += headBytes
    for (const size of sizes) {
      parts.push(packed.subarray(at, at + size))
      at += size
    }
    const [steps, ...columns] = parts as [Buffer, ...Buffer[]]
    const type = group >>> 1
    if (!isWanted(type)) continue
    yield {
      type,
      isOverCap: (group & 1) === 1,
      rows,
      addTo: (counts) => addSteps(steps, counts),
      entities: () => unpackSteps(steps, rows),
      column: (name) => unpackColumn(columns[names.indexOf(name)] as Buffer, rows, rooms[name]),
      of: (entities) => {
        const { places, count } = findSteps(steps, rows, entities)
        const column = (name: Name) => pickFrom(columns[names.indexOf(name)] as Buffer, rows, places, rooms[name])
        return { rows: places.length, count, column }
      },
    }
  }
}

/** Before each group: its number, its rows, the bytes of its steps and of each further column. */
const headBytes = 4 * (3 + names.length)

const headOf = (packed: Buffer, at: number) =>
  Array.from({ length: headBytes / 4 }, (_, n) => packed.readUInt32LE(at + 4 * n)) as [number, number, ...number[]]

// Most entities have few events, and their numbers lie close together: a step of one byte goes on by so many numbers and
// adds so many events there. What does not fit takes several.
const countBits = 3
const maxCount = 2 ** countBits - 1
const maxGap = 2 ** (8 - countBits) - 1

function packSteps(sums: readonly Sum[]): Buffer {
  const steps: number[] = []
  let at = 0
  for (const { entity, count } of sums) {
    for (; entity - at > maxGap; at += maxGap) steps.push(maxGap << countBits)
    for (let left = count; left > 0; left -= maxCount) {
      steps.push(((entity - at) << countBits) | Math.min(left, maxCount))
      at = entity
    }
  }
  return Buffer.from(steps)
}

function addSteps(steps: Uint8Array, counts: Uint32Array): void {
  let at = 0
  for (let n = 0; n < steps.length; n++) {
    const step = steps[n] as number
    at += step >>> countBits
    ;(counts[at] as number) += step & maxCount
  }
}

/** For what is unpacked of one type on one day: the next takes its place. */
const rooms = {
  entity: new Room(),
  place: new Room(),
  count: new Room(),
  completed: new Room(),
  durationMs: new Room(),
}

function unpackSteps(steps: Uint8Array, rows: number): Uint32Array {
  const entity = rooms.entity.of(rows)
  let row = 0
  let last = 0
  let at = 0
  for (let n = 0; n < steps.length; n++) {
    const step = steps[n] as number
    at += step >>> countBits
    if ((step & maxCount) === 0 || at === last) continue
    last = at
    entity[row++] = at
  }
  return entity
}

/** In which rows some entities are, and how many events each had: no numbers are unpacked for the others. */
function findSteps(steps: Uint8Array, rows: number, entities: Uint8Array): { places: Uint32Array; count: Uint32Array } {
  const places = rooms.place.of(rows)
  const count = rooms.count.of(rows)
  let [found, row, last, at] = [0, -1, 0, 0]
  let isMeant = false
  for (let n = 0; n < steps.length; n++) {
    const step = steps[n] as number
    at += step >>> countBits
    // They come in the order of their numbers.
    if (at >= entities.length) break
    const events = step & maxCount
    if (events === 0) continue
    if (at !== last) {
      last = at
      row++
      isMeant = entities[at] === 1
      if (isMeant) {
        places[found] = row
        count[found++] = 0
      }
    }
    if (isMeant) (count[found - 1] as number) += events
  }
  return { places: places.subarray(0, found), count: count.subarray(0, found) }
}
