import type { PackedRecord } from './packed-record.ts'
import { packTable, type Table, unpackTable } from './packed-table.ts'
import type { SummaryKind } from './summary-kind.ts'

const names = ['type', 'search', 'filter', 'viewer', 'flags'] as const

/** The events of a day that searched or filtered: few among all, so a report need not look at the rest. */
export const termEvents: SummaryKind<(typeof names)[number]> = {
  columns: names,
  begin() {
    const columns = names.map((): number[] => [])
    return {
      add(chunk) {
        for (let row = 0; row < chunk.rows; row++) {
          if (chunk.search[row] === 0 && chunk.filter[row] === 0) continue
          for (const [n, name] of names.entries()) columns[n]?.push(chunk[name][row] as number)
        }
      },
      pack: () => packTable(columns),
    }
  },
}

/** Rows of events that searched or filtered. */
export type TermEvents = Table<(typeof names)[number]>

export const termEventsIn = (record: PackedRecord): TermEvents =>
  record.unpacked('terms', (packed) => unpackTable(packed, names))
