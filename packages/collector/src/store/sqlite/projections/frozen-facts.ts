import type { Database } from 'better-sqlite3'
import type { FactTable } from '../facts/fact-table.ts'
import { toColumns } from '../facts/fact-table.ts'
import { slotMs } from '../facts/slot-counts.ts'
import type { Summaries } from '../facts/summaries.ts'
import { ViewerSet } from '../facts/viewer-set.ts'

/**
 * Takes from the facts of a day who they are about, and of their times all but the slot: what remains can be added up as
 * before. How many viewers each event type had is kept as a number; type 0 is any event at all.
 */
export function prepareFreezing(db: Database, table: FactTable, summaries: Summaries): (day: number) => void {
  const typesOf = db.prepare<[], { id: number; type: number }>('SELECT id, type FROM entity')
  const keep = db.prepare<[number, number, number, number]>('INSERT OR REPLACE INTO frozen_viewers VALUES (?, ?, ?, ?)')

  return (day) => {
    const sets = new Map<string, ViewerSet>()
    const entityTypes = new Map(typesOf.all().map(({ id, type }) => [id, type]))
    for (const part of table.parts(day)) {
      const columns = table.read(day, part)
      for (let row = 0; row < part.rows; row++) {
        const viewer = columns.viewer[row] as number
        if (viewer === 0) continue
        const entityType = entityTypes.get(columns.entity[row] as number) ?? 0
        setOf(sets, `${columns.type[row]} ${entityType}`).add(viewer)
        setOf(sets, '0 0').add(viewer)
      }
      table.write(
        day,
        part.part,
        toColumns((name) => {
          if (name === 'viewer' || name === 'session' || name === 'seq') return new Uint8Array(part.rows)
          return name === 'time' ? Array.from(columns.time, (time) => time - (time % slotMs)) : columns[name]
        }),
      )
    }
    for (const [key, set] of sets) {
      const [type = 0, entityType = 0] = key.split(' ').map(Number)
      keep.run(day, type, entityType, set.size)
    }
    summaries.freeze(day)
  }
}

function setOf(sets: Map<string, ViewerSet>, key: string): ViewerSet {
  const set = sets.get(key) ?? new ViewerSet()
  sets.set(key, set)
  return set
}
