import type { Dimension } from '../../reads.ts'
import { countryOf, type FactColumn } from '../facts/fact.ts'
import type { ReadContext } from './context.ts'

/** From which column of the facts a dimension's values come, and how the column's numbers are read. */
export interface DimensionReader {
  column: FactColumn
  read(number: number): string | null
}

export function readerOf(dimension: Dimension, { db, names }: ReadContext): DimensionReader {
  const text = (column: FactColumn) => ({ column, read: (id: number) => (id === 0 ? null : names.text(id)) })
  const field = (column: FactColumn, name: string) => ({
    column,
    read: (id: number) => (id === 0 ? null : (JSON.parse(names.text(id)) as Record<string, string>)[name]) ?? null,
  })
  const ofEntity = (name: 'key' | 'owner_id') => {
    const find = db.prepare<[number], string | null>(`SELECT ${name} FROM entity WHERE id = ?`).pluck()
    return { column: 'entity' as const, read: (id: number) => find.get(id) ?? null }
  }
  switch (dimension) {
    case 'eventType':
      return text('type')
    case 'entityType':
      return { column: 'entity', read: (id) => names.text(names.entityTypes[id] ?? 0) || null }
    case 'entityId':
      return ofEntity('key')
    case 'ownerId':
      return ofEntity('owner_id')
    case 'country':
      return { column: 'country', read: countryOf }
    case 'surface':
    case 'source':
    case 'channel':
      return text(dimension)
    case 'device':
    case 'browser':
    case 'os':
      return field('agent', dimension)
    case 'utmSource':
    case 'utmMedium':
    case 'utmCampaign':
      return field('campaign', dimension)
  }
}

/** What was found out of each number of a column; each is looked at once. */
export class PerNumber {
  readonly #find: (number: number) => number
  /** By the number; -1 where it was not looked at yet. */
  #known = new Int32Array(1024).fill(-1)

  /** @param find 0 or more for a number */
  constructor(find: (number: number) => number) {
    this.#find = find
  }

  of(number: number): number {
    if (number >= this.#known.length) {
      const grown = new Int32Array(number * 2).fill(-1)
      grown.set(this.#known)
      this.#known = grown
    }
    if (this.#known[number] === -1) this.#known[number] = this.#find(number)
    return this.#known[number] as number
  }
}
