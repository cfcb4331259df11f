import { flags } from './fact.ts'
import type { Chunk } from './fact-reader.ts'
import { packTable, unpackTable } from './packed-table.ts'

/** A quarter of an hour: all time zones in use lie whole ones of it apart. */
export const slotMs = 900_000

/** What happened in one slot of a day, by event type and entity type; 0 for no entity. */
export interface SlotSum {
  slot: number
  type: number
  entityType: number
  count: number
  completed: number
  durationMs: number
}

export const slotColumns = ['time', 'type', 'entity', 'flags', 'duration'] as const
type SlotChunk = Chunk<(typeof slotColumns)[number]>

/** Adds up the facts of a day by slot. */
export class SlotSums {
  readonly #sums = new Map<number, SlotSum>()

  add(chunk: SlotChunk, entityTypes: Uint32Array): void {
    const { rows, time, type, entity, flags: bits, duration } = chunk
    for (let row = 0; row < rows; row++) {
      const slot = Math.floor((time[row] as number) / slotMs)
      const entityType = entityTypes[entity[row] as number] as number
      const sum = this.#sum(slot, type[row] as number, entityType)
      sum.count++
      sum.durationMs += duration[row] as number
      if (((bits[row] as number) & flags.completed) !== 0) sum.completed++
    }
  }

  pack(): Buffer {
    const sums = [...this.#sums.values()].sort(
      (a, b) => a.slot - b.slot || a.type - b.type || a.entityType - b.entityType,
    )
    const column = (name: keyof SlotSum) => sums.map((sum) => sum[name])
    return packTable([
      column('slot'),
      column('type'),
      column('entityType'),
      column('count'),
      column('completed'),
      column('durationMs'),
    ])
  }

  #sum(slot: number, type: number, entityType: number): SlotSum {
    // Dictionary numbers stay far below 2²², so that all three fit into one exact number.
    const key = (slot * 2 ** 22 + type) * 2 ** 22 + entityType
    let sum = this.#sums.get(key)
    if (!sum) {
      sum = { slot, type, entityType, count: 0, completed: 0, durationMs: 0 }
      this.#sums.set(key, sum)
    }
    return sum
  }
}

/** Visits the sums of a packed record. */
export function eachSlot(packed: Buffer, visit: (sum: SlotSum) => void): void {
  const { rows, columns } = unpackTable(packed)
  const [slot, type, entityType, count, completed, durationMs] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const sum: SlotSum = { slot: 0, type: 0, entityType: 0, count: 0, completed: 0, durationMs: 0 }
  for (let row = 0; row < rows; row++) {
    sum.slot = slot[row] as number
    sum.type = type[row] as number
    sum.entityType = entityType[row] as number
    sum.count = count[row] as number
    sum.completed = completed[row] as number
    sum.durationMs = durationMs[row] as number
    visit(sum)
  }
}
