import { engagementScore } from '@tallymark/schemas/metrics'
import type { EntityTally, Range, RoleTypes, Scope } from '../../reads.ts'
import { hasWholeDay } from '../days.ts'
import { fieldsByType, makeTally, type TallyField, tallyFields } from '../entity-tally.ts'
import { unpackEntitySums } from '../facts/entity-sums.ts'
import { flags } from '../facts/fact.ts'
import type { Chunk } from '../facts/fact-reader.ts'
import type { ReadContext } from './context.ts'
import { CompiledScope, flagsOf } from './scope.ts'

interface Question {
  scope: Scope
  range: Range
  roles: RoleTypes
  /** An event type that is counted by itself, too. */
  eventType?: string | undefined
  /** Without what a client sent beyond its cap. */
  isCapped?: boolean
}

const columns = ['type', 'entity', 'flags'] as const

/** What happened to each entity: for each field an array with a number for each entity. */
export class EntityTallies {
  readonly counts: Record<TallyField, Uint32Array>
  /** How often the event type happened that was asked for. */
  readonly counted: Uint32Array
  /** 1 where anything that was meant has happened. */
  readonly touched: Uint8Array
  readonly #meant: CompiledScope
  /** By event type: the numbers of its field. */
  readonly #ofType: (Uint32Array | undefined)[]
  /** Of events that no field counts. */
  readonly #others: Uint32Array
  readonly #countedType: number | undefined
  readonly #isCapped: boolean

  constructor(
    { facts, summaries, names }: ReadContext,
    { scope, range: asked, roles, eventType, isCapped = false }: Question,
  ) {
    const range = facts.rounded(asked)
    const entities = names.entityTypes.length
    const fields = fieldsByType(roles, (type) => names.id(type))
    const none = new Uint32Array(entities)
    const isCounted = (field: TallyField) => field === 'completions' || fields.includes(field)
    this.counts = Object.fromEntries(
      tallyFields.map((field) => [field, isCounted(field) ? new Uint32Array(entities) : none]),
    ) as Record<TallyField, Uint32Array>
    this.counted = eventType === undefined ? none : new Uint32Array(entities)
    this.#meant = new CompiledScope(scope, names)
    this.#ofType = fields.map((field) => field && this.counts[field])
    this.#others = new Uint32Array(entities)
    this.#countedType = eventType === undefined ? undefined : names.id(eventType)
    this.#isCapped = isCapped

    // All entities are counted: to leave out which are not meant takes longer.
    for (const day of facts.days(range)) {
      const summary = hasWholeDay(range, day) ? summaries.of(day, 'entities') : undefined
      if (summary) this.#addSummary(summary.data)
      facts.scanDay(day, range, columns, (chunk) => this.#addFacts(chunk), summary?.parts)
    }
    const isMeant = meantEntities(this.#meant, names.entityTypes)
    const numbers = new Set([...Object.values(this.counts), this.counted, this.#others])
    numbers.delete(none)
    this.touched = touchedOf(isMeant, numbers)
  }

  of(entity: number): EntityTally {
    return makeTally((field) => this.counts[field][entity] as number)
  }

  score(entity: number): number {
    const { views, completions, saves, shares, clicks, skips } = this.counts
    return engagementScore({
      views: views[entity] as number,
      completions: completions[entity] as number,
      saves: saves[entity] as number,
      shares: shares[entity] as number,
      clicks: clicks[entity] as number,
      skips: skips[entity] as number,
    })
  }
  #addSummary(packed: Buffer): void {
    const { views, completions } = this.counts
    for (const sums of unpackEntitySums(packed, (type) => this.#meant.hasType(type))) {
      if (sums.isOverCap && this.#isCapped) continue
      const field = this.#ofType[sums.type] ?? this.#others
      sums.addTo(field)
      if (sums.type === this.#countedType) sums.addTo(this.counted)
      if (field !== views) continue
      const entity = sums.entities()
      const completed = sums.column('completed')
      for (let row = 0; row < sums.rows; row++) {
        ;(completions[entity[row] as number] as number) += completed[row] as number
      }
    }
  }

  #addFacts({ rows, type, entity, flags: bits }: Chunk<(typeof columns)[number]>): void {
    const [ofType, others, counted, countedType] = [this.#ofType, this.#others, this.counted, this.#countedType]
    const { views, completions } = this.counts
    const unwanted = this.#isCapped ? flags.overCap : 0
    for (let row = 0; row < rows; row++) {
      const on = entity[row] as number
      const id = type[row] as number
      const bit = bits[row] as number
      if ((bit & unwanted) !== 0 || !this.#meant.hasType(id)) continue
      const field = ofType[id] ?? others
      ;(field[on] as number)++
      if (id === countedType) (counted[on] as number)++
      if (field === views && (bit & flags.completed) !== 0) (completions[on] as number)++
    }
  }
}

/** For each entity whether it is meant; what has no entity never is. */
function meantEntities({ entities, entityType }: CompiledScope, entityTypes: Uint32Array): Uint8Array {
  if (entities) return flagsOf(entities)
  const isMeant = new Uint8Array(entityTypes.length)
  for (let entity = 1; entity < isMeant.length; entity++) {
    if (entityType === undefined || entityTypes[entity] === entityType) isMeant[entity] = 1
  }
  return isMeant
}

/** Where any of some numbers is not zero, of the entities that are meant. */
function touchedOf(isMeant: Uint8Array, numbers: Iterable<Uint32Array>): Uint8Array {
  const touched = new Uint8Array(isMeant.length)
  for (const counts of numbers) {
    for (let entity = 1; entity < touched.length; entity++) {
      if (isMeant[entity] === 1 && counts[entity] !== 0) touched[entity] = 1
    }
  }
  return touched
}
