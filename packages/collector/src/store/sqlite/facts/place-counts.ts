import type { PackedRecord } from './packed-record.ts'
import { packTable, type Table, unpackTable } from './packed-table.ts'
import type { SummaryKind } from './summary-kind.ts'

const names = ['type', 'entityType', 'surface', 'position', 'count'] as const
type Place = Record<(typeof names)[number], number>

/** How many events there were by where in the product they were; those that say nothing of it are left out. */
export const placeCounts: SummaryKind<'type' | 'entity' | 'surface' | 'position'> = {
  columns: ['type', 'entity', 'surface', 'position'],
  begin() {
    const places = new Map<string, Place>()
    return {
      add({ rows, type: types, entity, surface: surfaces, position: positions }, entityTypes) {
        for (let row = 0; row < rows; row++) {
          const surface = surfaces[row] as number
          const position = positions[row] as number
          if (surface === 0 && position === 0) continue
          const type = types[row] as number
          const entityType = entityTypes[entity[row] as number] as number
          const key = `${type} ${entityType} ${surface} ${position}`
          const place = places.get(key)
          if (place) place.count++
          else places.set(key, { type, entityType, surface, position, count: 1 })
        }
      },
      pack() {
        const sorted = [...places.values()].sort(
          (a, b) => a.type - b.type || a.entityType - b.entityType || a.surface - b.surface || a.position - b.position,
        )
        return packTable(names.map((name) => sorted.map((place) => place[name])))
      },
    }
  },
}

export type PlaceCounts = Table<(typeof names)[number]>

export const placeCountsIn = (record: PackedRecord): PlaceCounts =>
  record.unpacked('places', (packed) => unpackTable(packed, names))
