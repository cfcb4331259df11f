import { packTable, unpackTable } from './packed-table.ts'
import { keyOf, type SummaryKind } from './summary-kind.ts'

/** A quarter of an hour: all time zones in use lie whole ones of it apart. */
export const slotMs = 900_000

const slotsOfDay = 96
const names = ['type', 'entityType', 'slot', 'count'] as const

/** How many events there were in each slot of a day, by event type and entity type. */
export const slotCounts: SummaryKind<'time' | 'type' | 'entity'> = {
  columns: ['time', 'type', 'entity'],
  begin() {
    const counts = new Map<number, { type: number; entityType: number; slots: Float64Array }>()
    return {
      add({ rows, time, type, entity }, entityTypes) {
        for (let row = 0; row < rows; row++) {
          const entityType = entityTypes[entity[row] as number] as number
          const key = keyOf(type[row] as number, entityType)
          let count = counts.get(key)
          if (!count) {
            count = { type: type[row] as number, entityType, slots: new Float64Array(slotsOfDay) }
            counts.set(key, count)
          }
          ;(count.slots[Math.floor((time[row] as number) / slotMs)] as number)++
        }
      },
      pack() {
        const sorted = [...counts.values()].sort((a, b) => a.type - b.type || a.entityType - b.entityType)
        const found = sorted.flatMap(({ type, entityType, slots }) =>
          Array.from(slots, (count, slot) => ({ type, entityType, slot, count })).filter(({ count }) => count > 0),
        )
        return packTable(names.map((name) => found.map((each) => each[name])))
      },
    }
  },
}

export const unpackSlotCounts = (packed: Buffer) => unpackTable(packed, names)
