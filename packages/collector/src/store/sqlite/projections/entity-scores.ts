import { engagementScore } from '@tallymark/schemas/metrics'
import type { EntityTally } from '../../reads.ts'
import { dayMs, dayOf } from '../days.ts'
import { fieldsByType, makeTally, type TallyField, tallyFields } from '../entity-tally.ts'
import { flags } from '../facts/fact.ts'
import { FactReader } from '../facts/fact-reader.ts'
import { slotMs } from '../facts/slot-counts.ts'
import { ScoreTable, type Standing, tallyColumns } from '../score-table.ts'
import type { LoggedEvent, ProjectionFactory } from './projection.ts'

type StoredRow = EntityTally & { entity: number; firstAt: number; score: number }
type LoggedRow = { entity: number; type: number; occurredAt: number; completed: number }

/**
 * What happened to each entity over all time, when its first event was, and its score: lists of the best are read from
 * here. Bots do not count.
 */
export const entityScores: ProjectionFactory = (db, { frozen, roles }) => {
  const table = new ScoreTable(db)
  const sums = () => new Sums(fieldsByType(roles, (type) => typeId.get(type)))
  const facts = new FactReader(db)
  const typeId = db.prepare<[string], number>('SELECT id FROM dictionary WHERE value = ?').pluck()
  const stored = db.prepare<[], StoredRow>(
    `SELECT entity, first_at AS firstAt, score, ${tallyColumns} FROM entity_score`,
  )
  const logged = db.prepare<[number, number], LoggedRow>(`
    SELECT entity, type, occurred_at AS occurredAt, completed IS 1 AS completed FROM event
    WHERE entity IS NOT NULL AND bot IS NULL AND seq <= ? AND occurred_at >= ?`)

  return {
    name: 'entity_scores',
    version: JSON.stringify(roles),

    fold(rows) {
      // In their order, so that neighbours in the table are changed one after the other.
      for (const [entity, change] of [...standingsOf(rows)].sort(([a], [b]) => a - b)) {
        const before = table.find(entity)
        const firstAt = Math.min(change.firstAt, before?.firstAt ?? change.firstAt)
        table.put(entity, { firstAt, tally: before ? sumOf(before.tally, change.tally, 1) : change.tally })
      }
    },

    unfold(rows) {
      const bereft = new Map<number, EntityTally>()
      for (const [entity, change] of standingsOf(rows)) {
        const before = table.find(entity)
        if (!before) continue
        const tally = sumOf(before.tally, change.tally, -1)
        if (change.firstAt > before.firstAt) table.put(entity, { firstAt: before.firstAt, tally })
        else bereft.set(entity, tally)
      }
      const first = firstEvents(bereft, new Set(rows.map(({ seq }) => seq)))
      for (const [entity, tally] of bereft) {
        const firstAt = first.get(entity)
        if (firstAt === undefined) table.remove(entity)
        else table.put(entity, { firstAt, tally })
      }
    },

    // Nobody is named here.
    prune: () => true,

    reset() {
      db.exec('DELETE FROM entity_score')
      const counted = sums()
      addFrozen(counted)
      for (const [entity, standing] of counted.byEntity) table.put(entity, standing)
    },

    verify(cursor) {
      const counted = sums()
      addFrozen(counted)
      for (const row of logged.iterate(cursor, frozen.end * dayMs)) {
        counted.add(row.entity, row.type, row.occurredAt, row.completed === 1)
      }
      const rows = stored.all()
      const wrong = rows.filter((row) => !isRight(row, counted.byEntity.get(row.entity))).length
      const missing = counted.byEntity.size - rows.filter(({ entity }) => counted.byEntity.has(entity)).length
      if (wrong === 0 && missing === 0) return []
      return [`entity_score: ${wrong} of its rows differ from the log, and ${missing} that the log has are missing`]
    },
  }

  function standingsOf(rows: readonly LoggedEvent[]): Map<number, Standing> {
    const counted = sums()
    const { end } = frozen
    for (const { entity, type, occurredAt, completed, bot } of rows) {
      if (entity === null || bot !== null || dayOf(occurredAt) < end) continue
      counted.add(entity, type, occurredAt, completed === 1)
    }
    return counted.byEntity
  }

  /** Of frozen days the log has nothing any more, while the facts have all of it. */
  function addFrozen(counted: Sums): void {
    const days = { from: 0, to: frozen.end * dayMs }
    facts.scan(days, ['entity', 'type', 'time', 'flags'], ({ day, rows, entity, type, time, flags: bits }) => {
      for (let row = 0; row < rows; row++) {
        const isCompleted = ((bits[row] as number) & flags.completed) !== 0
        if (entity[row] === 0) continue
        counted.add(entity[row] as number, type[row] as number, day * dayMs + (time[row] as number), isCompleted)
      }
    })
  }

  /** The first event of each entity among those that stay. */
  function firstEvents(entities: ReadonlyMap<number, unknown>, gone: ReadonlySet<number>): Map<number, number> {
    const first = new Map<number, number>()
    for (const day of entities.size === 0 ? [] : facts.days({ from: 0, to: Number.MAX_SAFE_INTEGER })) {
      if (first.size === entities.size) break
      const whole = { from: day * dayMs, to: (day + 1) * dayMs }
      facts.scanDay(day, whole, ['seq', 'entity', 'time'], ({ rows, seq, entity, time }) => {
        for (let row = 0; row < rows; row++) {
          const id = entity[row] as number
          if (!entities.has(id) || gone.has(seq[row] as number)) continue
          first.set(id, Math.min(first.get(id) ?? Number.POSITIVE_INFINITY, whole.from + (time[row] as number)))
        }
      })
    }
    return first
  }
}

/** Adds up by entity what is counted of events. */
class Sums {
  readonly byEntity = new Map<number, Standing>()
  readonly #fields: readonly (TallyField | undefined)[]

  /** @param fields the field that counts an event type, by its number */
  constructor(fields: readonly (TallyField | undefined)[]) {
    this.#fields = fields
  }

  add(entity: number, type: number, occurredAt: number, isCompleted: boolean): void {
    let standing = this.byEntity.get(entity)
    if (!standing) {
      standing = { firstAt: occurredAt, tally: makeTally(() => 0) }
      this.byEntity.set(entity, standing)
    }
    standing.firstAt = Math.min(standing.firstAt, occurredAt)
    const field = this.#fields[type]
    if (field) standing.tally[field]++
    if (field === 'views' && isCompleted) standing.tally.completions++
  }
}

const sumOf = (tally: EntityTally, change: EntityTally, sign: 1 | -1) =>
  makeTally((field) => tally[field] + sign * change[field])

/** Of a frozen day the facts tell the time to the quarter of an hour. */
function isRight({ firstAt, score, ...tally }: StoredRow, standing: Standing | undefined): boolean {
  if (!standing) return false
  const isFirst = firstAt === standing.firstAt || firstAt - (firstAt % slotMs) === standing.firstAt
  return (
    isFirst &&
    score === engagementScore(standing.tally) &&
    tallyFields.every((field) => tally[field] === standing.tally[field])
  )
}
