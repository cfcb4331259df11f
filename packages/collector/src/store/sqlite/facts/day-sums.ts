import { flags } from './fact.ts'
import type { PackedRecord } from './packed-record.ts'
import { packTable, type Table, unpackTable } from './packed-table.ts'
import { keyOf, type SummaryKind } from './summary-kind.ts'

const names = ['type', 'entityType', 'count', 'completed', 'durationMs'] as const
type Sum = Record<(typeof names)[number], number>

/** What happened on a day by event type and entity type, 0 for no entity: events, completed ones, durations. */
export const daySums: SummaryKind<'type' | 'entity' | 'flags' | 'duration'> = {
  columns: ['type', 'entity', 'flags', 'duration'],
  begin() {
    const sums = new Map<number, Sum>()
    return {
      add({ rows, type, entity, flags: bits, duration }, entityTypes) {
        for (let row = 0; row < rows; row++) {
          const entityType = entityTypes[entity[row] as number] as number
          const key = keyOf(type[row] as number, entityType)
          let sum = sums.get(key)
          if (!sum) {
            sum = { type: type[row] as number, entityType, count: 0, completed: 0, durationMs: 0 }
            sums.set(key, sum)
          }
          sum.count++
          sum.durationMs += duration[row] as number
          if (((bits[row] as number) & flags.completed) !== 0) sum.completed++
        }
      },
      pack() {
        const sorted = [...sums.values()].sort((a, b) => a.type - b.type || a.entityType - b.entityType)
        return packTable(names.map((name) => sorted.map((sum) => sum[name])))
      },
    }
  },
}

export type DaySums = Table<(typeof names)[number]>

export const daySumsIn = (record: PackedRecord): DaySums =>
  record.unpacked('sums', (packed) => unpackTable(packed, names))
