import type { Count } from '@tallymark/schemas'
import type { Database } from 'better-sqlite3'
import { dayOf, FrozenDays } from './days.ts'
import { type ViewerColumns, viewerKey } from './viewers.ts'

/** With more rows that are not folded yet, to fold them takes less time than to look through them for each answer. */
const maxRows = 2000

interface PendingRow extends ViewerColumns {
  entity: number
  type: number
  entityId: string
  eventType: string
  occurredAt: number
}

/**
 * What the log has of some entities beyond their counts, which are folded now and then: added to these, nobody who reads
 * waits for the writer. It is counted as `entity_counts` folds it.
 */
export class PendingCounts {
  readonly #frozen
  readonly #pending
  readonly #rows
  readonly #viewer
  readonly #hasSeen

  constructor(db: Database) {
    this.#frozen = new FrozenDays(db)
    const cursor = "coalesce((SELECT cursor FROM projection WHERE name = 'entity_counts'), 0)"
    this.#pending = db.prepare<[], number>(`SELECT coalesce(max(seq), 0) - ${cursor} FROM event`).pluck()
    this.#rows = db.prepare<[string, string, string], PendingRow>(`
      SELECT event.entity, event.type, entity.key AS entityId, type.value AS eventType, occurred_at AS occurredAt, actor,
        anonymous_id AS anonymousId, session_id AS sessionId, day_viewer AS dayViewer
      FROM event CROSS JOIN entity ON entity.id = event.entity JOIN dictionary type ON type.id = event.type
      WHERE seq > ${cursor} AND bot IS NULL AND over_cap IS NULL AND event.entity IN (
        SELECT id FROM entity WHERE type = (SELECT id FROM dictionary WHERE value = ?) AND private = 0
          AND key IN (SELECT value FROM json_each(?)))
        AND event.type IN (SELECT id FROM dictionary WHERE value IN (SELECT value FROM json_each(?)))`)
    this.#viewer = db.prepare<[Buffer], number>('SELECT id FROM viewer WHERE key = ?').pluck()
    this.#hasSeen = db
      .prepare<[number, number, number], 1>(
        'SELECT 1 FROM entity_day_viewer WHERE entity = ? AND type = ? AND viewer = ? LIMIT 1',
      )
      .pluck()
  }

  /** Whether so little is pending that it can be added. */
  get areFew(): boolean {
    return (this.#pending.get() ?? 0) <= maxRows
  }

  /** Adds what is pending of public entities to their counts: of these ids and event types, lists in JSON. */
  addTo(
    countOf: (entityId: string, eventType: string) => Count,
    entityType: string,
    entityIds: string,
    eventTypes: string,
  ): void {
    const { end } = this.#frozen
    const found = new Set<string>()
    for (const row of this.#rows.all(entityType, entityIds, eventTypes)) {
      if (dayOf(row.occurredAt) < end) continue
      const count = countOf(row.entityId, row.eventType)
      count.count++
      const viewer = viewerKey(row)
      const key = `${row.entity} ${row.type} ${viewer}`
      if (viewer === null || found.has(key)) continue
      found.add(key)
      if (!this.#isKnown(row, viewer)) count.unique++
    }
  }

  #isKnown({ entity, type }: PendingRow, viewer: string): boolean {
    const id = this.#viewer.get(Buffer.from(viewer, 'latin1'))
    return id !== undefined && this.#hasSeen.get(entity, type, id) === 1
  }
}
