import type { AttributionDimension, Range, ReadAnswer, ReadQuery } from '../../reads.ts'
import { dayMs } from '../days.ts'
import { ViewerSet } from '../facts/viewer-set.ts'
import type { Read, ReadContext } from './context.ts'
import type { Names } from './names.ts'

/** What came by one key. */
interface Row {
  visitors: ViewerSet
  sessions: ViewerSet
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
  return [...rows].map(([key, { visitors, sessions, conversions }]) => ({
    key: keys.text(key),
    visitors: visitors.size,
    sessions: sessions.size,
    conversions,
  }))
}

/**
 * By the session in which something happened: its key is that of its earliest event in the range that says how the
 * visitor came. A session has one visitor as a rule; further ones are remembered as pairs.
 */
function byLast({ facts, names }: ReadContext, keys: Keys, goal: number | undefined, range: Range): Map<number, Row> {
  const rows = new Rows()
  const size = names.lastSession + 1
  const keyOf = new Uint32Array(size)
  const touchedAt = new Float64Array(size).fill(Number.POSITIVE_INFINITY)
  const isSeen = new Uint8Array(size)
  const visitorOf = new Uint32Array(size)
  const goals = new Uint32Array(size)
  const others: { session: number; visitor: number }[] = []

  facts.scan(
    range,
    ['time', 'type', 'viewer', 'session', 'channel', 'campaign'],
    ({ day, rows: size, time, type, viewer, session, channel, campaign }) => {
      const begin = day * dayMs
      for (let row = 0; row < size; row++) {
        const visit = session[row] as number
        const who = viewer[row] as number
        const from = channel[row] as number
        const by = campaign[row] as number
        const isGoal = type[row] === goal
        if (visit === 0) {
          const own = rows.of(keys.of(from, by))
          if (who !== 0) own.visitors.add(who)
          if (isGoal) own.conversions++
          continue
        }
        isSeen[visit] = 1
        if (isGoal) (goals[visit] as number)++
        if (visitorOf[visit] === 0) visitorOf[visit] = who
        else if (visitorOf[visit] !== who && who !== 0) others.push({ session: visit, visitor: who })
        if (from === 0 && by === 0) continue
        const at = begin + (time[row] as number)
        if (at >= (touchedAt[visit] as number)) continue
        touchedAt[visit] = at
        keyOf[visit] = keys.of(from, by)
      }
    },
  )
  for (let visit = 1; visit < size; visit++) {
    if (isSeen[visit] === 0) continue
    const row = rows.of(keyOf[visit] as number)
    row.sessions.add(visit)
    row.conversions += goals[visit] as number
    if (visitorOf[visit] !== 0) row.visitors.add(visitorOf[visit] as number)
  }
  for (const { session, visitor } of others) rows.of(keyOf[session] as number).visitors.add(visitor)
  return rows.all
}

/** By who it was: their key is that of their earliest event of all that says how they came. */
function byFirst(context: ReadContext, keys: Keys, goal: number | undefined, range: Range): Map<number, Row> {
  const rows = new Rows()
  const keyOf = firstKeys(context, keys, range.to)
  context.facts.scan(
    range,
    ['type', 'viewer', 'session', 'channel', 'campaign'],
    ({ rows: size, type, viewer, session, channel, campaign }) => {
      for (let row = 0; row < size; row++) {
        const who = viewer[row] as number
        const key = who === 0 ? keys.of(channel[row] as number, campaign[row] as number) : (keyOf[who] as number)
        const own = rows.of(key)
        if (who !== 0) own.visitors.add(who)
        if (session[row] !== 0) own.sessions.add(session[row] as number)
        if (type[row] === goal) own.conversions++
      }
    },
  )
  return rows.all
}

function firstKeys({ facts, names }: ReadContext, keys: Keys, to: number): Uint32Array {
  const keyOf = new Uint32Array(names.lastViewer + 1)
  const touchedAt = new Float64Array(names.lastViewer + 1).fill(Number.POSITIVE_INFINITY)
  facts.scan(
    { from: 0, to },
    ['time', 'viewer', 'channel', 'campaign'],
    ({ day, rows, time, viewer, channel, campaign }) => {
      const begin = day * dayMs
      for (let row = 0; row < rows; row++) {
        const who = viewer[row] as number
        if (who === 0 || (channel[row] === 0 && campaign[row] === 0)) continue
        const at = begin + (time[row] as number)
        if (at >= (touchedAt[who] as number)) continue
        touchedAt[who] = at
        keyOf[who] = keys.of(channel[row] as number, campaign[row] as number)
      }
    },
  )
  return keyOf
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
  readonly all = new Map<number, Row>()
  readonly #byKey: Row[] = []

  of(key: number): Row {
    let row = this.#byKey[key]
    if (!row) {
      row = { visitors: new ViewerSet(), sessions: new ViewerSet(), conversions: 0 }
      this.#byKey[key] = row
      this.all.set(key, row)
    }
    return row
  }
}
