import { rowsAtOnce } from '../../../row-text.ts'
import type { ReadAnswer, ReadQuery, SegmentMember, SegmentQuery } from '../../reads.ts'
import { dayMs } from '../days.ts'
import type { FactColumn } from '../facts/fact.ts'
import type { Chunk } from '../facts/fact-reader.ts'
import { termKinds } from '../facts/terms.ts'
import { isoTimes } from '../iso-time.ts'
import type { Read, ReadContext } from './context.ts'
import { People } from './people.ts'
import { CompiledScope, flagsOf } from './scope.ts'

/** What a viewer did that decides whether they belong: a bit each. */
const signs = { avoided: 1, searched: 2, filtered: 4, prefers: 8 } as const

/** The viewers of a segment by their numbers, which is the order in which they were first folded. */
interface Segment {
  members: Uint32Array
  counts: Uint32Array
  firstAt: Float64Array
  lastAt: Float64Array
}

/** A page of a segment, behind a viewer. */
export const segment: Read<ReadQuery<'segment'>, ReadAnswer<'segment'>> = (context, { after, limit, ...query }) => {
  const found = findSegment(context, query)
  const behind = found.members.filter((viewer) => viewer > after)
  const page = behind.subarray(0, limit)
  return {
    members: describe(page, found, new People(context.db)),
    next: behind.length > limit ? (page.at(-1) ?? null) : null,
  }
}

/** All of a segment, some at a time. */
export function* segmentMembers(context: ReadContext, query: SegmentQuery): Generator<SegmentMember[]> {
  const found = findSegment(context, query)
  const people = new People(context.db)
  for (let from = 0; from < found.members.length; from += rowsAtOnce) {
    yield describe(found.members.subarray(from, from + rowsAtOnce), found, people)
  }
}

function describe(viewers: Uint32Array, { counts, firstAt, lastAt }: Segment, people: People): SegmentMember[] {
  const personOf = people.of(viewers)
  const isoTime = isoTimes()
  return Array.from(viewers, (viewer) => ({
    ...personOf(viewer),
    count: counts[viewer] as number,
    firstSeen: isoTime(firstAt[viewer] as number),
    lastSeen: isoTime(lastAt[viewer] as number),
  }))
}

function findSegment(context: ReadContext, query: SegmentQuery): Segment {
  const { facts, names } = context
  const { did, didNot, entityType, minCount, range } = query
  const found = new Deeds({
    meant: new CompiledScope({ eventTypes: did === undefined ? undefined : [did], entityType }, names),
    avoided: didNot === undefined ? undefined : names.id(didNot),
    search: query.query === undefined ? undefined : searchTerm(context, query.query),
    isFilter: query.filter === undefined ? undefined : flagsOf(filterTerms(context, query.filter)),
    viewers: names.lastViewer + 1,
  })
  if (query.preference !== undefined) {
    for (const who of viewersWhoPrefer(context, query.preference)) found.seen[who] = signs.prefers
  }
  const columns: FactColumn[] = ['time', 'type', 'viewer']
  if (entityType !== undefined) columns.push('entity')
  if (query.query !== undefined) columns.push('search')
  if (query.filter !== undefined) columns.push('filter')
  facts.scan(range, columns, (chunk) => found.add(chunk))

  const wanted =
    (query.query === undefined ? 0 : signs.searched) |
    (query.filter === undefined ? 0 : signs.filtered) |
    (query.preference === undefined ? 0 : signs.prefers)
  const { counts, firstAt, lastAt } = found
  return { members: found.members(minCount, wanted), counts, firstAt, lastAt }
}

/** What is looked for, by the numbers of types and terms; undefined where it does not matter. */
interface Wanted {
  meant: CompiledScope
  avoided: number | undefined
  search: number | undefined
  isFilter: Uint8Array | undefined
  viewers: number
}

/** By viewer, what they did of what is looked for. */
class Deeds {
  readonly counts: Uint32Array
  readonly firstAt: Float64Array
  readonly lastAt: Float64Array
  /** See {@link signs}. */
  readonly seen: Uint8Array
  readonly #wanted: Wanted

  constructor(wanted: Wanted) {
    this.#wanted = wanted
    this.counts = new Uint32Array(wanted.viewers)
    this.firstAt = new Float64Array(wanted.viewers)
    this.lastAt = new Float64Array(wanted.viewers)
    this.seen = new Uint8Array(wanted.viewers)
  }

  /** Columns that do not matter need not be there. */
  add(chunk: Chunk<'time' | 'type' | 'viewer'> & Partial<Chunk<'entity' | 'search' | 'filter'>>): void {
    const { day, rows, time, type, viewer, entity, search, filter } = chunk
    const { meant, avoided, search: term, isFilter } = this.#wanted
    const [counts, firstAt, lastAt, seen, begin] = [this.counts, this.firstAt, this.lastAt, this.seen, day * dayMs]
    for (let row = 0; row < rows; row++) {
      const who = viewer[row] as number
      if (who === 0) continue
      const kind = type[row] as number
      if (kind === avoided) (seen[who] as number) |= signs.avoided
      if (term !== undefined && search?.[row] === term) (seen[who] as number) |= signs.searched
      if (isFilter?.[filter?.[row] as number] === 1) (seen[who] as number) |= signs.filtered
      if (!meant.has(kind, entity === undefined ? 0 : (entity[row] as number))) continue
      const at = begin + (time[row] as number)
      if (counts[who] === 0 || at < (firstAt[who] as number)) firstAt[who] = at
      if (at > (lastAt[who] as number)) lastAt[who] = at
      ;(counts[who] as number)++
    }
  }

  members(minCount: number, wanted: number): Uint32Array {
    const members: number[] = []
    for (let who = 1; who < this.counts.length; who++) {
      if ((this.counts[who] as number) >= minCount && this.seen[who] === wanted) members.push(who)
    }
    return Uint32Array.from(members)
  }
}

/** The number of what was never searched for: no fact has it. */
const unknown = -1

function searchTerm({ db }: ReadContext, text: string): number {
  const find = db.prepare<[number, string], number>('SELECT id FROM term WHERE kind = ? AND text = ?').pluck()
  return find.get(termKinds.search, text) ?? unknown
}

/** What a filter's name means, or its name and value with a colon between them; what is no text stands there as JSON. */
function filterTerms({ db }: ReadContext, wanted: string): number[] {
  const terms = db.prepare<[number], { id: number; text: string }>('SELECT id, text FROM term WHERE kind = ?')
  return terms.all(termKinds.filter).flatMap(({ id, text }) => {
    const [name, value] = JSON.parse(text) as [string, unknown]
    const shown = typeof value === 'string' ? value : JSON.stringify(value)
    return wanted === name || wanted === `${name}:${shown}` ? [id] : []
  })
}

/** Users with a preference; its dimension ends with the first colon. */
function viewersWhoPrefer({ db }: ReadContext, preference: string): number[] {
  const [dimension = '', ...value] = preference.split(':')
  const find = db.prepare<[string, string], number>(`
    SELECT viewer.id FROM preference JOIN viewer ON viewer.key = CAST('u' || actor AS BLOB)
    WHERE dimension = ? AND value = ?`)
  return find.pluck().all(dimension, value.join(':'))
}
