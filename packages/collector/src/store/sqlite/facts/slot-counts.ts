import { packColumn, unpackWhole } from './column.ts'
import type { PackedRecord } from './packed-record.ts'
import { keyOf, type SummaryKind } from './summary-kind.ts'
import { withSize, words } from './words.ts'

/** A quarter of an hour: all time zones in use lie whole ones of it apart. */
export const slotMs = 900_000

export const slotsOfDay = 96

/** What happened in each slot of a day, of one event type on one entity type. */
export interface SlotCounts {
  type: number
  entityType: number
  /** By slot, how many events. */
  counts: Uint32Array
}

/** How many events there were in each slot of a day, by event type and entity type. */
export const slotCounts: SummaryKind<'time' | 'type' | 'entity'> = {
  columns: ['time', 'type', 'entity'],
  begin() {
    const found = new Map<number, SlotCounts>()
    return {
      add({ rows, time, type, entity }, entityTypes) {
        for (let row = 0; row < rows; row++) {
          const entityType = entityTypes[entity[row] as number] as number
          const key = keyOf(type[row] as number, entityType)
          let slots = found.get(key)
          if (!slots) {
            slots = { type: type[row] as number, entityType, counts: new Uint32Array(slotsOfDay) }
            found.set(key, slots)
          }
          ;(slots.counts[Math.floor((time[row] as number) / slotMs)] as number)++
        }
      },
      pack() {
        const sorted = [...found.values()].sort((a, b) => a.type - b.type || a.entityType - b.entityType)
        return Buffer.concat(
          sorted.flatMap(({ type, entityType, counts }) => [words(type, entityType), withSize(packColumn(counts))]),
        )
      },
    }
  },
}

/** The slots of a packed day. */
export function* slotsIn(record: PackedRecord): Generator<SlotCounts> {
  const all = record.unpacked('slots', unpackSlots)
  for (let at = 0; at < all.length; at += 2 + slotsOfDay) {
    const [type, entityType] = [all[at] as number, all[at + 1] as number]
    yield { type, entityType, counts: all.subarray(at + 2, at + 2 + slotsOfDay) }
  }
}

/** One array, so that it can be kept: for each event type and entity type these two numbers, then their slots. */
function unpackSlots(packed: Buffer): Uint32Array {
  const found: Uint32Array[] = []
  for (let at = 0; at < packed.length; ) {
    const [type, entityType, size] = [0, 4, 8].map((word) => packed.readUInt32LE(at + word)) as [number, number, number]
    const begin = at + 12
    at = begin + size
    found.push(Uint32Array.of(type, entityType), unpackWhole(packed.subarray(begin, at), slotsOfDay))
  }
  const all = new Uint32Array((found.length / 2) * (2 + slotsOfDay))
  let at = 0
  for (const numbers of found) {
    all.set(numbers, at)
    at += numbers.length
  }
  return all
}
