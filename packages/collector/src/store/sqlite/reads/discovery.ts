import type { Range, ReadAnswer, ReadQuery } from '../../reads.ts'
import { hasWholeDay } from '../days.ts'
import { flags } from '../facts/fact.ts'
import type { Numbers } from '../facts/fact-reader.ts'
import { uncached } from '../facts/packed-record.ts'
import { type TermEvents, termEvents, termEventsIn } from '../facts/term-events.ts'
import { ViewerSet } from '../facts/viewer-set.ts'
import type { Read, ReadContext } from './context.ts'
import { leastOfFirst } from './least-of-first.ts'
import { flagsOf } from './scope.ts'

type Discovery = ReadAnswer<'discovery'>

/** Twice over the rows: who searched is only looked at for what was searched for most. */
export const discovery: Read<ReadQuery<'discovery'>, Discovery> = (context, { range, roles, limit }) => {
  const { names } = context
  const isSearch = flagsOf(names.ids(roles.search ?? []))
  const searches = new TermCounts(names.lastTerm, isSearch)
  const filters = new TermCounts(names.lastTerm, flagsOf(names.ids(roles.filter ?? [])))
  const found = termRows(context, range)
  for (const rows of found) {
    searches.add(rows, rows.search)
    filters.add(rows, rows.filter)
  }
  const topSearches = searches.mostUsed(context, limit)
  const viewers = new TermViewers(
    names.lastTerm,
    isSearch,
    topSearches.map(({ term }) => term),
  )
  for (const rows of found) viewers.add(rows, rows.search)
  return {
    searches: topSearches.map(({ term, text, count }) => ({
      query: text,
      count,
      unique: viewers.of(term),
      zeroResults: searches.zeroResults[term] as number,
    })),
    filters: filters.mostUsed(context, limit).map(({ text, count }) => {
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
    if (!facts.hasPartsFrom(day, summary?.parts ?? 0)) continue
    const rest = termEvents.begin()
    facts.scanDay(day, range, termEvents.columns, (chunk) => rest.add(chunk, noEntities), summary?.parts)
    found.push(termEventsIn(uncached(rest.pack())))
  }
  return found
}

/** Terms are counted whatever they are about. */
const noEntities = new Uint32Array()

/** How often each term was used, by its number: one step into memory for each use. */
class TermCounts {
  readonly counts: Uint32Array
  /** Of searches, how often nothing was found. */
  readonly zeroResults: Uint32Array
  readonly #isMeant: Uint8Array

  /** @param isMeant by event type */
  constructor(lastTerm: number, isMeant: Uint8Array) {
    this.counts = new Uint32Array(lastTerm + 1)
    this.zeroResults = new Uint32Array(lastTerm + 1)
    this.#isMeant = isMeant
  }

  add({ rows, type, flags: bits }: TermEvents, terms: Numbers): void {
    const [counts, zeroResults, isMeant] = [this.counts, this.zeroResults, this.#isMeant]
    for (let row = 0; row < rows; row++) {
      const term = terms[row] as number
      if (term === 0 || isMeant[type[row] as number] !== 1) continue
      ;(counts[term] as number)++
      if (((bits[row] as number) & flags.foundNothing) !== 0) (zeroResults[term] as number)++
    }
  }

  /** Those used most, with the most used first; where that is the same, by their text. */
  mostUsed({ db }: ReadContext, limit: number): { term: number; text: string; count: number }[] {
    const { counts } = this
    const textOf = db.prepare<[number], string>('SELECT text FROM term WHERE id = ?').pluck()
    const least = Math.max(1, leastOfFirst(limit, counts))
    const terms: { term: number; text: string; count: number }[] = []
    for (let term = 1; term < counts.length; term++) {
      const count = counts[term] as number
      if (count >= least) terms.push({ term, text: textOf.get(term) ?? '', count })
    }
    return terms.sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1)).slice(0, limit)
  }
}

/** Who used some terms. */
class TermViewers {
  readonly #isMeant: Uint8Array
  /** By term: the place of its viewers and one; 0 for others. */
  readonly #places: Uint32Array
  readonly #viewers: ViewerSet[] = []

  constructor(lastTerm: number, isMeant: Uint8Array, terms: readonly number[]) {
    this.#isMeant = isMeant
    this.#places = new Uint32Array(lastTerm + 1)
    for (const term of terms) this.#places[term] = this.#viewers.push(new ViewerSet())
  }

  add({ rows, type, viewer }: TermEvents, terms: Numbers): void {
    const [places, isMeant] = [this.#places, this.#isMeant]
    for (let row = 0; row < rows; row++) {
      const place = places[terms[row] as number] as number
      if (place === 0 || isMeant[type[row] as number] !== 1 || viewer[row] === 0) continue
      this.#viewers[place - 1]?.add(viewer[row] as number)
    }
  }

  of(term: number): number {
    return this.#viewers[(this.#places[term] as number) - 1]?.size ?? 0
  }
}
