import type { Database } from 'better-sqlite3'
import type { NewEvent, Outcome } from '../store.ts'
import { ActorTable } from './actor-table.ts'
import { DailyCaps } from './daily-caps.ts'
import { Dedupe } from './dedupe.ts'
import { Dictionary } from './dictionary.ts'
import { EntityTable } from './entity-table.ts'
import { RepeatedText } from './repeated-text.ts'
import { SharedTexts } from './shared-texts.ts'
import { Tombstones } from './tombstones.ts'
import { uuidBytes } from './uuid.ts'

/**
 * The log's only way in. Decides, event by event, in the order of the contract: known id, time, entity, privacy,
 * window rule; and inserts the row. Runs inside the writer's transaction.
 */
export class Log {
  readonly dictionary: Dictionary
  readonly entities: EntityTable
  readonly actors: ActorTable
  readonly dedupe = new Dedupe()
  readonly tombstones: Tombstones
  readonly caps: DailyCaps
  readonly #texts: SharedTexts
  readonly #columns
  readonly #knownId
  readonly #insert
  #uncommittedRows = 0

  constructor(db: Database, dailyCap = 0) {
    this.tombstones = new Tombstones(db)
    this.caps = new DailyCaps(db, dailyCap)
    this.dictionary = new Dictionary(db)
    this.entities = new EntityTable(db, this.dictionary)
    this.actors = new ActorTable(db)
    this.#texts = new SharedTexts(this.dictionary)
    const column = () => new RepeatedText(this.dictionary)
    this.#columns = {
      type: column(),
      source: column(),
      surface: column(),
      campaign: column(),
      device: column(),
      channel: column(),
      agent: column(),
      bot: column(),
    }
    this.#knownId = db.prepare<[Buffer, number]>('SELECT 1 FROM event WHERE id = ? AND trust = ?').pluck()
    this.#insert = db.prepare(`
      INSERT INTO event (id, trust, received_at, occurred_at, type, entity, actor, anonymous_id, session_id, day_viewer,
        source, surface, position, duration_ms, completed, campaign, arrival, device, page, channel, agent, country,
        region, bot, props, dedupe_key, over_cap)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  }

  append(event: NewEvent): Outcome {
    const id = uuidBytes(event.id)
    const trust = event.trust === 'server' ? 1 : 0
    if (this.#knownId.get(id, trust) !== undefined) return 'duplicate'
    if (this.tombstones.covers(event, id)) return 'duplicate'
    if (event.expired) return 'expired'
    const entity = this.#place(event)
    if (typeof entity === 'string') return entity
    const { dedupe } = event
    if (dedupe && this.dedupe.isRepeat(dedupe.key, event.occurredAt, dedupe.windowMs, event.receivedAt)) {
      return 'duplicate'
    }
    const columns = this.#columns
    const type = columns.type.id(event.eventType)
    const anonymousId = this.tombstones.deviceOf(event)
    const viewer = event.actor?.id ?? anonymousId ?? event.dayViewer ?? event.sessionId
    const isOver =
      event.clientKey !== null && entity !== null && this.caps.isOver(event.clientKey, entity, type, event.receivedAt)
    this.#insert.run(
      id,
      trust,
      event.receivedAt,
      event.occurredAt,
      type,
      entity,
      event.actor && this.actors.id(event.actor),
      anonymousId && uuidBytes(anonymousId),
      event.sessionId && uuidBytes(event.sessionId),
      event.dayViewer && Buffer.from(event.dayViewer, 'hex'),
      columns.source.id(event.source),
      columns.surface.idOrNull(event.surface),
      event.position,
      event.durationMs,
      event.completed === null ? null : Number(event.completed),
      columns.campaign.idOrNull(event.campaign),
      this.#texts.keep(event.arrival, viewer),
      columns.device.idOrNull(event.device),
      this.#texts.keep(event.page, viewer),
      columns.channel.idOrNull(event.channel),
      columns.agent.idOrNull(event.agent),
      event.country,
      event.region,
      columns.bot.idOrNull(event.bot),
      this.#texts.keep(event.props, viewer),
      dedupe && Buffer.from(dedupe.key, 'hex'),
      isOver ? 1 : null,
    )
    this.#uncommittedRows++
    return 'stored'
  }

  /** A transaction is on the disk: what it stored counts for the windows of all that follow. Returns its rows. */
  committed(): number {
    this.dedupe.committed()
    this.caps.committed()
    const rows = this.#uncommittedRows
    this.#uncommittedRows = 0
    return rows
  }

  /** A transaction never happened: numbers and keys that it gave out are void. */
  rolledBack(): void {
    this.dedupe.rolledBack()
    this.caps.rolledBack()
    this.#uncommittedRows = 0
    this.forget()
  }

  /** What it remembers of the tables may not be so any more. */
  forget(): void {
    this.dictionary.forget()
    for (const column of Object.values(this.#columns)) column.forget()
    this.#texts.forget()
    this.entities.forget()
    this.actors.forget()
  }

  /** The number of the event's entity, null where it has none, or why the event cannot be placed on it. */
  #place({ entityType, entityId, registered, actor }: NewEvent): number | null | Outcome {
    if (entityType === null || entityId === null) return null
    const entity = this.entities.find(entityType, entityId)
    if (registered && !entity?.registered) return 'entity_not_found'
    const hidden = entity?.private && (entity.ownerId === null || entity.ownerId !== actor?.id)
    if (hidden) return registered ? 'entity_not_found' : 'private_entity'
    return (entity ?? this.entities.add(entityType, entityId)).id
  }
}
