import type { AttributionDimension, Range, ReadAnswer, ReadQuery } from '../../reads.ts'
import { hasWholeDay } from '../days.ts'
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
  { model, by, goal, range },
) => {
  const keys = new Keys(by, context.names)
  const goalType = context.names.id(goal)
  const rows = model === 'first' ? byFirst(context, keys, goalType, range) : byLast(context, keys, goalType, range)
  return [...rows].map(([key, row]) => ({ key: keys.text(key), ...row }))
}

/** Takes visits in the order of their touches. */
interface Taker {
  take(visits: VisitRows, row: number, end: number): void
  /** Once the rows of a day were taken: how many goals each had. */
  takeGoals?(visits: VisitRows, goals: Uint32Array): void
}

/** Of whole days the visits that are kept, and of the rest what the facts come to. */
function visit({ facts, summaries }: ReadContext, range: Range, goal: number | undefined, taker: Taker): void {
  for (const day of facts.days(range)) {
    const summary = hasWholeDay(range, day) ? summaries.of(day, 'visits') : undefined
    const kept = summary && unpackVisits(summary.data)
    const added = new Visits()
    facts.scanDay(day, range, visitColumns, (chunk) => added.add(chunk), summary?.parts)
    const rest = added.sorted()
    takeMerged(kept, rest, taker)
    for (const visits of [kept, rest]) {
      const goals = goal === undefined ? undefined : visits?.counts(goal)
      if (visits && goals) taker.takeGoals?.(visits, goals)
    }
  }
}

/** The rest is little as a rule, and what lies between two of its rows is taken at once. */
function takeMerged(kept: VisitRows | undefined, rest: VisitRows, taker: Taker): void {
  let at = 0
  if (kept && rest.rows > 0) {
    const times = kept.times()
    const later = rest.times()
    for (let row = 0; row < rest.rows; row++) {
      const begin = at
      while (at < kept.rows && (times[at] as number) <= (later[row] as number)) at++
      taker.take(kept, begin, at)
      taker.take(rest, row, row + 1)
    }
  }
  if (kept) taker.take(kept, at, kept.rows)
  else taker.take(rest, 0, rest.rows)
}

/**
 * By the session in which something happened: its key is that of its earliest event in the range that says how the
 * visitor came. Until one does, it waits.
 */
function byLast(context: ReadContext, keys: Keys, goal: number | undefined, range: Range): Map<number, Row> {
  const rows = new Rows()
  /** By session: 0 before it was seen, 1 while nothing says how it came, and then its key and two. */
  const states = new Uint32Array(context.names.lastSession + 1)
  const waiting: { session: number; viewer: number; goals: number }[] = []

  visit(context, range, goal, {
    take({ viewer, session, channel, campaign }, row, end) {
      for (let at = row; at < end; at++) {
        const who = viewer[at] as number
        const id = session[at] as number
        const from = channel[at] as number
        const by = campaign[at] as number
        if (id === 0) {
          rows.see(keys.of(from, by), who)
          continue
        }
        if ((states[id] as number) < 2) {
          if (from === 0 && by === 0) {
            states[id] = 1
            waiting.push({ session: id, viewer: who, goals: 0 })
            continue
          }
          const key = keys.of(from, by)
          states[id] = key + 2
          rows.of(key).sessions++
        }
        rows.see((states[id] as number) - 2, who)
      }
    },
    takeGoals({ rows: size, session, channel, campaign }, goals) {
      for (let at = 0; at < size; at++) {
        const count = goals[at] as number
        if (count === 0) continue
        const id = session[at] as number
        if (id === 0) rows.of(keys.of(channel[at] as number, campaign[at] as number)).conversions += count
        else if ((states[id] as number) >= 2) rows.of((states[id] as number) - 2).conversions += count
        else waiting.push({ session: id, viewer: 0, goals: count })
      }
    },
  })

  for (const { session, viewer, goals } of waiting) {
    if (states[session] === 1) {
      states[session] = noKey + 2
      rows.of(noKey).sessions++
    }
    const key = (states[session] as number) - 2
    rows.see(key, viewer)
    rows.of(key).conversions += goals
  }
  return rows.all()
}

/**
 * By who it was: their key is that of their earliest event of all that says how they came. A session has one viewer as
 * a rule; further ones are remembered as pairs.
 */
function byFirst(context: ReadContext, keys: Keys, goal: number | undefined, range: Range): Map<number, Row> {
  const rows = new Rows()
  const { lastViewer, lastSession } = context.names
  /** By viewer: 0 while nothing says how they came, then their key and one. */
  const firsts = new Uint32Array(lastViewer + 1)
  const isSeen = new Uint8Array(lastViewer + 1)
  const sessions = new Uint32Array(lastViewer + 1)
  const goals = new Uint32Array(lastViewer + 1)
  const viewerOf = new Uint32Array(lastSession + 1)
  const others: { session: number; viewer: number }[] = []

  const begun = { from: 0, to: range.from }
  visit(context, begun, undefined, {
    take({ viewer, channel, campaign }, row, end) {
      for (let at = row; at < end; at++) touch(viewer[at] as number, channel[at] as number, campaign[at] as number)
    },
  })
  visit(context, range, goal, {
    take({ viewer, session, channel, campaign }, row, end) {
      for (let at = row; at < end; at++) {
        const who = viewer[at] as number
        const id = session[at] as number
        if (who === 0) {
          rows.of(keys.of(channel[at] as number, campaign[at] as number))
          continue
        }
        touch(who, channel[at] as number, campaign[at] as number)
        isSeen[who] = 1
        if (id === 0 || viewerOf[id] === who) continue
        if (viewerOf[id] === 0) {
          viewerOf[id] = who
          ;(sessions[who] as number)++
        } else others.push({ session: id, viewer: who })
      }
    },
    takeGoals({ rows: size, viewer, channel, campaign }, counts) {
      for (let at = 0; at < size; at++) {
        const count = counts[at] as number
        if (count === 0) continue
        const who = viewer[at] as number
        if (who === 0) rows.of(keys.of(channel[at] as number, campaign[at] as number)).conversions += count
        else (goals[who] as number) += count
      }
    },
  })

  for (let who = 1; who <= lastViewer; who++) {
    if (isSeen[who] === 0) continue
    const row = rows.of(keyOf(who))
    row.visitors++
    row.sessions += sessions[who] as number
    row.conversions += goals[who] as number
  }
  for (const [session, pairs] of Map.groupBy(others, ({ session }) => session)) {
    const theirs = new Set(pairs.map(({ viewer }) => keyOf(viewer)))
    theirs.delete(keyOf(viewerOf[session] as number))
    for (const key of theirs) rows.of(key).sessions++
  }
  return rows.all()

  function touch(viewer: number, channel: number, campaign: number): void {
    if (viewer === 0 || firsts[viewer] !== 0 || (channel === 0 && campaign === 0)) return
    firsts[viewer] = keys.of(channel, campaign) + 1
  }

  function keyOf(viewer: number): number {
    return firsts[viewer] === 0 ? noKey : (firsts[viewer] as number) - 1
  }
}

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
  readonly #rows: Row[] = []
  readonly #visitors: ViewerSet[] = []

  of(key: number): Row {
    let row = this.#rows[key]
    if (!row) {
      row = { visitors: 0, sessions: 0, conversions: 0 }
      this.#rows[key] = row
      this.#visitors[key] = new ViewerSet()
    }
    return row
  }

  /** A visitor, who counts once. */
  see(key: number, viewer: number): void {
    this.of(key)
    if (viewer !== 0) this.#visitors[key]?.add(viewer)
  }

  all(): Map<number, Row> {
    const counted = [...this.#rows.entries()].filter(([, row]) => row !== undefined)
    return new Map(
      counted.map(([key, row]) => [key, { ...row, visitors: row.visitors + (this.#visitors[key]?.size ?? 0) }]),
    )
  }
}
