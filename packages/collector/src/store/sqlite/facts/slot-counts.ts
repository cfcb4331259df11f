import { packColumn, unpackWhole } from './column.ts'
import { keyOf, type SummaryKind } from './summary-kind.ts'
import { withSize, words } from './words.ts'

/** A quarter of an hour: all time zones in use lie whole ones of it apart. */
export const slotMs = 900_000

export const slotsOfDay = 96

/** What happened in each slot of a day, of one event type on one entity type. */
interface SlotCounts {
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

/** Those of a packed day that are wanted: the others are passed over. */
export function* unpackSlotCounts(
  packed: Buffer,
  isWanted: (type: number, entityType: number) => boolean,
): Generator<SlotCounts> {
  for (let at = 0; at < packed.length; ) {
    const [type, entityType, size] = [0, 4, 8].map((word) => packed.readUInt32LE(at + word)) as [number, number, number]
    const begin = at + 12
    at = begin + size
    if (isWanted(type, entityType)) {
      yield { type, entityType, counts: unpackWhole(packed.subarray(begin, at), slotsOfDay) }
    }
  }
}
