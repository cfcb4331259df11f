import type { ReadAnswer, ReadQuery } from '../../reads.ts'
import { hasWholeDay } from '../days.ts'
import type { Chunk, Numbers } from '../facts/fact-reader.ts'
import { type PlaceCounts, placeCountsIn } from '../facts/place-counts.ts'
import type { Read } from './context.ts'
import { CompiledScope, flagsOf } from './scope.ts'

type Query = ReadQuery<'places'>

export const places: Read<Query, ReadAnswer<'places'>> = ({ facts, summaries, names }, query) => {
  const { by } = query
  const range = facts.rounded(query.range)
  const meant = new CompiledScope(query.scope, names)
  const isImpression = flagsOf(names.ids(query.roles.impression ?? []))
  const isClick = flagsOf(names.ids(query.roles.click ?? []))
  const found = new CountsByPlace(meant, isImpression, isClick)
  for (const day of facts.days(range)) {
    const isWhole = hasWholeDay(range, day)
    const summary = isWhole && !meant.entities ? summaries.of(day, 'places') : undefined
    if (summary) found.addCounts(by, placeCountsIn(summary))
    facts.scanDay(day, range, ['type', 'entity', by], (chunk) => found.addFacts(chunk, chunk[by]), summary?.parts)
  }
  const rows = [...found.counts].map(([at, count]) => ({ key: by === 'position' ? at - 1 : names.text(at), ...count }))
  return rows.sort((a, b) => (a.key < b.key ? -1 : 1))
}

class CountsByPlace {
  readonly counts = new Map<number, { impressions: number; clicks: number }>()
  readonly #meant: CompiledScope
  readonly #isImpression: Uint8Array
  readonly #isClick: Uint8Array

  constructor(meant: CompiledScope, isImpression: Uint8Array, isClick: Uint8Array) {
    this.#meant = meant
    this.#isImpression = isImpression
    this.#isClick = isClick
  }

  addCounts(by: Query['by'], { rows, type, entityType, count, [by]: place }: PlaceCounts): void {
    for (let row = 0; row < rows; row++) {
      if (!this.#meant.hasTypes(type[row] as number, entityType[row] as number)) continue
      this.#add(place[row] as number, type[row] as number, count[row] as number)
    }
  }

  addFacts({ rows, type, entity }: Chunk<'type' | 'entity'>, place: Numbers): void {
    for (let row = 0; row < rows; row++) {
      if (!this.#meant.has(type[row] as number, entity[row] as number)) continue
      this.#add(place[row] as number, type[row] as number, 1)
    }
  }

  #add(at: number, type: number, times: number): void {
    const isSeen = this.#isImpression[type] === 1
    if (at === 0 || (!isSeen && this.#isClick[type] !== 1)) return
    let count = this.counts.get(at)
    if (!count) {
      count = { impressions: 0, clicks: 0 }
      this.counts.set(at, count)
    }
    if (isSeen) count.impressions += times
    else count.clicks += times
  }
}
