import type { AttributionDimension, Range, ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs, dayOf, hasWholeDay } from '../days.ts'
import type { Numbers } from '../facts/fact-reader.ts'
import { unpackTouches } from '../facts/touches.ts'
import { ViewerSet } from '../facts/viewer-set.ts'
import { unpackVisits, type VisitRows, Visits, visitColumns } from '../facts/visits.ts'
import type { Read, ReadContext } from './context.ts'
import type { Names } from './names.ts'

/** What came by one key. */
interface Row {
  visitors: number
  sessions: number
  conversions: number
}

/** Number of a row that stands for no key. */
const noKey = 0

export const attribution: Read<ReadQuery<'attribution'>, ReadAnswer<'attribution'>> = (
  context,
  { model, by, goal, range: asked },
) => {
  const range = context.facts.rounded(asked)
  const keys = new Keys(by, context.names)
  const goalType = context.names.id(goal)
  const rows = model === 'first' ? byFirst(context, keys, goalType, range) : byLast(context, keys, goalType, range)
  return [...rows].map(([key, row]) => ({ key: keys.text(key), ...row }))
}

/** The visits of a day: those that are kept, where the range has the whole of it, and what the rest of the facts comes to. */
interface DayVisits {
  kept: VisitRows | undefined
  rest: VisitRows
}

function visitsOf({ facts, summaries }: ReadContext, day: number, range: Range): DayVisits {
  const summary = hasWholeDay(range, day) ? summaries.of(day, 'visits') : undefined
  const rest = new Visits()
  facts.scanDay(day, range, visitColumns, (chunk) => rest.add(chunk), summary?.parts)
  return { kept: summary && unpackVisits(summary.data), rest: rest.sorted() }
}

type Take = (row: number, end: number) => void

/**
 * Takes the visits of a day in the order of their touches. The rest is little as a rule, and what lies between two of
 * its rows is taken at once.
 */
function inOrder({ kept, rest }: DayVisits, takerOf: (visits: VisitRows) => Take): void {
  const takeRest = takerOf(rest)
  if (!kept) {
    takeRest(0, rest.rows)
    return
  }
  const takeKept = takerOf(kept)
  const times = rest.rows === 0 ? undefined : kept.times()
  const later = rest.times()
  let at = 0
  for (let row = 0; times && row < rest.rows; row++) {
    const begin = at
    while (at < kept.rows && (times[at] as number) <= (later[row] as number)) at++
    takeKept(begin, at)
    takeRest(row, row + 1)
  }
  takeKept(at, kept.rows)
}

/** How many goals the rows have, where they have any. */
const goalsOf = (visits: VisitRows | undefined, goal: number | undefined) =>
  goal === undefined ? undefined : visits?.counts(goal)

/**
 * By the session in which something happened: its key is that of its earliest event in the range that says how the
 * visitor came. Until one does, it waits.
 */
function byLast(context: ReadContext, keys: Keys, goal: number | undefined, range: Range): Map<number, Row> {
  const rows = new Rows()
  const { visitors } = rows
  /** By session: 0 before it was seen, 1 while nothing says how it came, and then its key and two. */
  const states = new Uint32Array(context.names.lastSession + 1)
  const waiting: { session: number; viewer: number; goals: number }[] = []

  for (const day of context.facts.days(range)) {
    const visits = visitsOf(context, day, range)
    inOrder(visits, takerOf)
    takeGoals(visits.kept)
    takeGoals(visits.rest)
  }
  for (const { session, viewer, goals } of waiting) {
    if (states[session] === 1) {
      states[session] = noKey + 2
      rows.of(noKey).sessions++
    }
    const key = (states[session] as number) - 2
    rows.of(key).conversions += goals
    if (viewer !== 0) visitors[key]?.add(viewer)
  }
  return rows.all()

  function takerOf(visits: VisitRows): Take {
    const viewer = visits.column('viewer')
    const session = visits.column('session')
    const channel = visits.column('channel')
    const campaign = visits.column('campaign')
    return (begin, end) => {
      for (let row = begin; row < end; row++) {
        const id = session[row] as number
        const who = viewer[row] as number
        const state = states[id] as number
        let key = state - 2
        if (id === 0 || state < 2) {
          const from = channel[row] as number
          const by = campaign[row] as number
          if (id !== 0 && from === 0 && by === 0) {
            states[id] = 1
            waiting.push({ session: id, viewer: who, goals: 0 })
            continue
          }
          key = keys.of(from, by)
          const own = rows.of(key)
          if (id !== 0) {
            own.sessions++
            states[id] = key + 2
          }
        }
        if (who !== 0) (visitors[key] as ViewerSet).add(who)
      }
    }
  }

  function takeGoals(visits: VisitRows | undefined): void {
    const goals = goalsOf(visits, goal)
    if (!visits || !goals) return
    const session = visits.column('session')
    const channel = visits.column('channel')
    const campaign = visits.column('campaign')
    for (let row = 0; row < visits.rows; row++) {
      const count = goals[row] as number
      if (count === 0) continue
      const id = session[row] as number
      if (id === 0) rows.of(keys.of(channel[row] as number, campaign[row] as number)).conversions += count
      else if ((states[id] as number) >= 2) rows.of((states[id] as number) - 2).conversions += count
      else waiting.push({ session: id, viewer: 0, goals: count })
    }
  }
}

/**
 * By who it was: their key is that of their earliest event of all that says how they came. A session has one viewer as
 * a rule; further ones are remembered as pairs.
 */
function byFirst(context: ReadContext, keys: Keys, goal: number | undefined, range: Range): Map<number, Row> {
  const rows = new Rows()
  const { facts, summaries, names } = context
  const upToEnd = { from: 0, to: range.to }
  /** By viewer: see {@link keyAt}. */
  const firsts = new Uint32Array(names.lastViewer + 1)
  const isSeen = new ViewerSet()
  const viewerOf = new Uint32Array(names.lastSession + 1)
  const others: { session: number; viewer: number }[] = []
  const meant: DayVisits[] = []

  for (const day of facts.days(upToEnd)) {
    const isTouched = touchAtOnce(day)
    const visits = day >= dayOf(range.from) ? visitsOf(context, day, range) : undefined
    if (visits) meant.push(visits)
    if (isTouched) continue
    const isAll = visits !== undefined && day * dayMs >= range.from
    inOrder(isAll ? visits : visitsOf(context, day, upToEnd), toucherOf)
  }
  // By what `firsts` has of a viewer: there are few, and every visit goes through here.
  const sessions = new Uint32Array(keys.size + 1)
  const conversions = new Float64Array(keys.size + 1)
  for (const { kept, rest } of meant) {
    if (kept) count(kept)
    count(rest)
  }
  for (const viewer of isSeen.members()) rows.of(keyOf(viewer)).visitors++
  for (let first = 0; first <= keys.size; first++) {
    const own = { sessions: sessions[first] as number, conversions: conversions[first] as number }
    if (own.sessions === 0 && own.conversions === 0) continue
    const row = rows.of(keyAt(first))
    row.sessions += own.sessions
    row.conversions += own.conversions
  }
  for (const [session, pairs] of Map.groupBy(others, ({ session }) => session)) {
    const theirs = new Set(pairs.map(({ viewer }) => keyOf(viewer)))
    theirs.delete(keyOf(viewerOf[session] as number))
    for (const key of theirs) rows.of(key).sessions++
  }
  return rows.all()

  /**
   * Where the day's first touches are kept. When they were is not: they do where nobody whose first touch this may be
   * came another way later on, as far as the kept ones do not reach.
   */
  function touchAtOnce(day: number): boolean {
    const summary = hasWholeDay(upToEnd, day) ? summaries.of(day, 'touches') : undefined
    if (!summary) return false
    const kept = unpackTouches(summary.data)
    const later = laterTouches(day, summary.parts)
    for (let row = 0; later.size > 0 && row < kept.rows; row++) {
      const key = later.get(kept.viewer[row] as number)
      if (key === undefined) continue
      if (key !== keys.of(kept.channel[row] as number, kept.campaign[row] as number)) return false
    }
    touch(kept.viewer, kept.channel, kept.campaign, 0, kept.rows)
    for (const [viewer, key] of later) if (firsts[viewer] === 0) firsts[viewer] = key + 1
    return true
  }

  /** From one of a day's parts on: how those came who have not come before, by viewer. */
  function laterTouches(day: number, firstPart: number): Map<number, number> {
    const found = new Map<number, { at: number; key: number }>()
    facts.scanDay(
      day,
      upToEnd,
      ['time', 'viewer', 'channel', 'campaign'],
      ({ rows, time, viewer, channel, campaign }) => {
        for (let row = 0; row < rows; row++) {
          const who = viewer[row] as number
          const at = time[row] as number
          if (who === 0 || firsts[who] !== 0 || (channel[row] === 0 && campaign[row] === 0)) continue
          if (at >= (found.get(who)?.at ?? dayMs)) continue
          found.set(who, { at, key: keys.of(channel[row] as number, campaign[row] as number) })
        }
      },
      firstPart,
    )
    return new Map([...found].map(([who, { key }]) => [who, key]))
  }

  function toucherOf(visits: VisitRows): Take {
    const viewer = visits.column('viewer')
    const channel = visits.column('channel')
    const campaign = visits.column('campaign')
    return (begin, end) => touch(viewer, channel, campaign, begin, end)
  }

  function touch(viewer: Numbers, channel: Numbers, campaign: Numbers, begin: number, end: number): void {
    for (let row = begin; row < end; row++) {
      const who = viewer[row] as number
      if (who === 0 || firsts[who] !== 0 || (channel[row] === 0 && campaign[row] === 0)) continue
      firsts[who] = keys.of(channel[row] as number, campaign[row] as number) + 1
    }
  }

  function count(visits: VisitRows): void {
    const viewer = visits.column('viewer')
    const session = visits.column('session')
    const channel = visits.column('channel')
    const campaign = visits.column('campaign')
    const goals = goalsOf(visits, goal)
    for (let row = 0; row < visits.rows; row++) {
      const who = viewer[row] as number
      const goalsHere = goals === undefined ? 0 : (goals[row] as number)
      if (who === 0) {
        rows.of(keys.of(channel[row] as number, campaign[row] as number)).conversions += goalsHere
        continue
      }
      isSeen.add(who)
      const first = firsts[who] as number
      ;(conversions[first] as number) += goalsHere
      const id = session[row] as number
      if (id === 0 || viewerOf[id] === who) continue
      if (viewerOf[id] === 0) {
        viewerOf[id] = who
        ;(sessions[first] as number)++
      } else others.push({ session: id, viewer: who })
    }
  }

  function keyOf(viewer: number): number {
    return keyAt(firsts[viewer] as number)
  }
}

/** The key of those of whom this is kept: 0 while nothing says how they came, then their key and one. */
const keyAt = (first: number) => (first === 0 ? noKey : first - 1)

/** Keys by number, from the numbers of channels and campaigns. */
class Keys {
  readonly #by: AttributionDimension
  readonly #names: Names
  readonly #texts: (string | null)[] = [null]
  readonly #ofText = new Map<string, number>()
  /** By the number of the channel or campaign; -1 where it was not looked up yet. */
  #of = new Int32Array(1024).fill(-1)

  constructor(by: AttributionDimension, names: Names) {
    this.#by = by
    this.#names = names
  }

  of(channel: number, campaign: number): number {
    const id = this.#by === 'channel' ? channel : campaign
    if (id === 0) return noKey
    if (id >= this.#of.length) {
      const grown = new Int32Array(id * 2).fill(-1)
      grown.set(this.#of)
      this.#of = grown
    }
    if (this.#of[id] === -1) this.#of[id] = this.#numberOf(this.#read(this.#names.text(id)))
    return this.#of[id] as number
  }

  get size(): number {
    return this.#texts.length
  }

  text(key: number): string | null {
    return this.#texts[key] ?? null
  }

  #read(text: string): string | undefined {
    return this.#by === 'channel' ? text : (JSON.parse(text) as Record<string, string | undefined>)[this.#by]
  }

  #numberOf(text: string | undefined): number {
    if (text === undefined) return noKey
    let number = this.#ofText.get(text)
    if (number === undefined) {
      number = this.#texts.push(text) - 1
      this.#ofText.set(text, number)
    }
    return number
  }
}

class Rows {
  /** Further visitors, who count once. */
  readonly visitors: ViewerSet[] = []
  readonly #rows: Row[] = []

  of(key: number): Row {
    let row = this.#rows[key]
    if (!row) {
      row = { visitors: 0, sessions: 0, conversions: 0 }
      this.#rows[key] = row
      this.visitors[key] = new ViewerSet()
    }
    return row
  }

  all(): Map<number, Row> {
    const counted = [...this.#rows.entries()].filter(([, row]) => row !== undefined)
    return new Map(
      counted.map(([key, row]) => [key, { ...row, visitors: row.visitors + (this.visitors[key]?.size ?? 0) }]),
    )
  }
}
