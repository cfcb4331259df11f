import type { Database } from 'better-sqlite3'
import { DaySummaries, summaryKinds } from './day-summaries.ts'
import { FactReader } from './fact-reader.ts'
import { stepsOf } from './funnel-steps.ts'
import { makePast } from './past.ts'

interface Kept {
  kind: number
  parts: number
  data: Buffer
}

interface KeptViewers {
  type: number
  entityType: number
  viewers: number
  data: Buffer
}

/** Says of a day whether what is kept of it is what its facts come to. */
export function prepareRecount(db: Database): (day: number) => boolean {
  const summaries = new DaySummaries(db)
  const kept = db.prepare<[number], Kept>('SELECT kind, parts, data FROM day_summary WHERE day = ? ORDER BY kind')
  const keptViewers = db.prepare<[number], KeptViewers>(
    'SELECT type, entity_type AS entityType, viewers, data FROM day_viewers WHERE day = ?',
  )
  const types = db.prepare<[], { id: number; type: number }>('SELECT id, type FROM entity ORDER BY id').all()
  const entityTypes = new Uint32Array((types.at(-1)?.id ?? 0) + 1)
  for (const { id, type } of types) entityTypes[id] = type

  return (day) => {
    const [first, ...others] = kept.all(day)
    const viewers = keptViewers.all(day)
    if (!first) return viewers.length > 0
    if (others.some(({ parts }) => parts !== first.parts)) return true
    // Of funnels each record says itself what it is of; which ones the plan declares is not known here.
    const funnels = [first, ...others].filter(({ kind }) => kind >= summaryKinds).map(({ data }) => stepsOf(data))
    const made = summaries.make(day, first.parts, entityTypes, funnels)
    const keyOf = (each: Omit<KeptViewers, 'data'>) => `${each.type} ${each.entityType} ${each.viewers}`
    const sets = new Map(made.viewers.map((each) => [keyOf(each), each.data]))
    const isSame = (data: Buffer, recounted: Uint8Array | undefined) =>
      recounted !== undefined && data.equals(recounted)
    return !(
      [first, ...others].every(({ kind, data }) => isSame(data, made.kinds[kind])) &&
      viewers.length === sets.size &&
      viewers.every((each) => isSame(each.data, sets.get(keyOf(each))))
    )
  }
}

/** The days before which what is kept of viewers is not what the facts come to. */
export function wrongPasts(db: Database, firstUnfrozen: number): number[] {
  const sources = { facts: new FactReader(db), summaries: new DaySummaries(db) }
  const lastViewer = db.prepare<[], number | null>('SELECT max(id) FROM viewer').pluck().get() ?? 0
  const kept = db.prepare<[], { before: number; seen: Buffer; touches: Buffer }>(
    'SELECT before_day AS before, seen, touches FROM past',
  )
  const isWrong = ({ before, seen, touches }: { before: number; seen: Buffer; touches: Buffer }) => {
    const made = makePast(sources, { first: Math.max(0, firstUnfrozen), before }, lastViewer)
    return !seen.equals(made.seen) || !touches.equals(made.touches)
  }
  return kept
    .all()
    .filter(isWrong)
    .map(({ before }) => before)
}
