import type { Database } from 'better-sqlite3'
import type { EntityRef } from '../../reads.ts'

const noEntity = { entityType: null, entityId: null }

/** Names for the numbers that facts have, and numbers for names. What is remembered never changes once it is there. */
export class Names {
  readonly #texts = new Map<number, string>()
  readonly #text
  readonly #id
  readonly #lastEntity
  readonly #newEntities
  readonly #lastViewer
  readonly #lastSession
  readonly #lastTerm
  readonly #entity
  readonly #owned
  readonly #title
  readonly #entityKeys: string[] = []
  #entityTypes = new Uint32Array(1024)
  #knownEntities = 0

  constructor(db: Database) {
    this.#text = db.prepare<[number], string>('SELECT value FROM dictionary WHERE id = ?').pluck()
    this.#id = db.prepare<[string], number>('SELECT id FROM dictionary WHERE value = ?').pluck()
    this.#lastEntity = db.prepare<[], number | null>('SELECT max(id) FROM entity').pluck()
    this.#lastViewer = db.prepare<[], number | null>('SELECT max(id) FROM viewer').pluck()
    this.#lastSession = db.prepare<[], number | null>('SELECT max(id) FROM session').pluck()
    this.#lastTerm = db.prepare<[], number | null>('SELECT max(id) FROM term').pluck()
    this.#newEntities = db.prepare<[number], { id: number; type: number; key: string }>(
      'SELECT id, type, key FROM entity WHERE id > ? ORDER BY id',
    )
    this.#entity = db
      .prepare<[number | undefined, string], number>('SELECT id FROM entity WHERE type = ? AND key = ?')
      .pluck()
    this.#owned = db.prepare<[string], number>('SELECT id FROM entity WHERE owner_id = ?').pluck()
    this.#title = db.prepare<[number], string | null>('SELECT title FROM entity WHERE id = ?').pluck()
  }

  text(id: number): string {
    const known = this.#texts.get(id)
    if (known !== undefined) return known
    const text = this.#text.get(id) ?? ''
    this.#texts.set(id, text)
    return text
  }

  /** Undefined when nothing was ever called so. */
  id(text: string): number | undefined {
    return this.#id.get(text)
  }

  /** The numbers of those that there are. */
  ids(texts: readonly string[]): number[] {
    return texts.flatMap((text) => this.id(text) ?? [])
  }

  entity(entityType: string, entityId: string): number | undefined {
    return this.#entity.get(this.id(entityType), entityId)
  }

  ownedBy(ownerId: string): number[] {
    return this.#owned.all(ownerId)
  }

  /** What an entity is called by everybody else. */
  entityRef(entity: number): EntityRef {
    const types = entity <= this.#knownEntities ? this.#entityTypes : this.entityTypes
    return { entityType: this.text(types[entity] as number), entityId: this.#entityKeys[entity] ?? '' }
  }

  /** As {@link entityRef}, where 0 stands for none. */
  entityRefOrNone(entity: number): EntityRef | typeof noEntity {
    return entity === 0 ? noEntity : this.entityRef(entity)
  }

  /** Null where nobody has said. */
  title(entity: number): string | null {
    return this.#title.get(entity) ?? null
  }

  /** The largest number of a viewer: what is kept of each is an array. */
  get lastViewer(): number {
    return this.#lastViewer.get() ?? 0
  }

  get lastSession(): number {
    return this.#lastSession.get() ?? 0
  }

  get lastTerm(): number {
    return this.#lastTerm.get() ?? 0
  }

  /** The entity type by the number of the entity; 0 for none. */
  get entityTypes(): Uint32Array {
    const last = this.#lastEntity.get() ?? 0
    if (last > this.#knownEntities) {
      if (last >= this.#entityTypes.length) {
        const grown = new Uint32Array(Math.max(last + 1, this.#entityTypes.length * 2))
        grown.set(this.#entityTypes)
        this.#entityTypes = grown
      }
      for (const { id, type, key } of this.#newEntities.iterate(this.#knownEntities)) {
        this.#entityTypes[id] = type
        this.#entityKeys[id] = key
      }
      this.#knownEntities = last
    }
    return this.#entityTypes
  }
}
