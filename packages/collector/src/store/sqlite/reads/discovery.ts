import type { Range, ReadAnswer, ReadQuery } from '../../reads.ts'
import { hasWholeDay } from '../days.ts'
import { flags } from '../facts/fact.ts'
import { uncached } from '../facts/packed-record.ts'
import { type TermEvents, termEvents, termEventsIn } from '../facts/term-events.ts'
import { ViewerSet } from '../facts/viewer-set.ts'
import type { Read, ReadContext } from './context.ts'
import { flagsOf } from './scope.ts'

type Discovery = ReadAnswer<'discovery'>

interface Search {
  count: number
  zeroResults: number
}

/** Twice over the rows: who searched is only looked at for what was searched for most. */
export const discovery: Read<ReadQuery<'discovery'>, Discovery> = (context, { range, roles, limit }) => {
  const { names } = context
  const isSearch = flagsOf(names.ids(roles.search ?? []))
  const isFilter = flagsOf(names.ids(roles.filter ?? []))
  const searches = new Map<number, Search>()
  const filters = new Map<number, number>()
  const found = termRows(context, range)
  for (const { rows, type, search, filter, flags: bits } of found) {
    for (let row = 0; row < rows; row++) {
      const id = type[row] as number
      if (isSearch[id] === 1 && search[row] !== 0) {
        let sums = searches.get(search[row] as number)
        if (!sums) {
          sums = { count: 0, zeroResults: 0 }
          searches.set(search[row] as number, sums)
        }
        sums.count++
        if (((bits[row] as number) & flags.foundNothing) !== 0) sums.zeroResults++
      }
      if (isFilter[id] === 1 && filter[row] !== 0) {
        filters.set(filter[row] as number, (filters.get(filter[row] as number) ?? 0) + 1)
      }
    }
  }
  const topSearches = mostFrequent(context, [...searches], ({ count }) => count, limit)
  const viewers = new Map(topSearches.map(({ term }) => [term, new ViewerSet()]))
  for (const { rows, type, search, viewer } of found) {
    for (let row = 0; row < rows; row++) {
      if (isSearch[type[row] as number] !== 1 || viewer[row] === 0) continue
      viewers.get(search[row] as number)?.add(viewer[row] as number)
    }
  }
  return {
    searches: topSearches.map(({ term, text, value: { count, zeroResults } }) => ({
      query: text,
      count,
      unique: viewers.get(term)?.size ?? 0,
      zeroResults,
    })),
    filters: mostFrequent(context, [...filters], (count) => count, limit).map(({ text, value: count }) => {
      const [filter, value] = JSON.parse(text) as [string, unknown]
      return { filter, value, count }
    }),
  }
}

/** Of whole days those that the summaries have, and of the rest those among the facts. */
function termRows({ facts, summaries }: ReadContext, asked: Range): TermEvents[] {
  const range = facts.rounded(asked)
  const found: TermEvents[] = []
  for (const day of facts.days(range)) {
    const isWhole = hasWholeDay(range, day)
    const summary = isWhole ? summaries.of(day, 'terms') : undefined
    if (summary) found.push(termEventsIn(summary))
    const rest = termEvents.begin()
    facts.scanDay(day, range, termEvents.columns, (chunk) => rest.add(chunk, noEntities), summary?.parts)
    found.push(termEventsIn(uncached(rest.pack())))
  }
  return found
}

/** Terms are counted whatever they are about. */
const noEntities = new Uint32Array()

/** The first by their count; where that is the same, by their text. */
function mostFrequent<Value>(
  { db }: ReadContext,
  terms: readonly (readonly [term: number, value: Value])[],
  countOf: (value: Value) => number,
  limit: number,
): { term: number; text: string; value: Value }[] {
  const textOf = db.prepare<[number], string>('SELECT text FROM term WHERE id = ?').pluck()
  const least = terms.map(([, value]) => countOf(value)).sort((a, b) => b - a)[limit - 1] ?? 0
  return terms
    .filter(([, value]) => countOf(value) >= least)
    .map(([term, value]) => ({ term, text: textOf.get(term) ?? '', value }))
    .sort((a, b) => countOf(b.value) - countOf(a.value) || (a.text < b.text ? -1 : 1))
    .slice(0, limit)
}
