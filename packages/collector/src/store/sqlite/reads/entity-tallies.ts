import { engagementScore } from '@tallymark/schemas/metrics'
import type { EntityTally, Range, RoleTypes, Scope } from '../../reads.ts'
import { fieldsByType, makeTally, type TallyField, tallyFields } from '../entity-tally.ts'
import { flags } from '../facts/fact.ts'
import type { ReadContext } from './context.ts'
import { type CompiledScope, compileScope, flagsOf } from './scope.ts'

interface Question {
  scope: Scope
  range: Range
  roles: RoleTypes
  /** An event type that is counted by itself, too. */
  eventType?: string | undefined
  /** Without what a client sent beyond its cap. */
  isCapped?: boolean
}

/** What happened to each entity: for each field an array with a number for each entity. */
export class EntityTallies {
  readonly counts: Record<TallyField, Uint32Array>
  /** How often the event type happened that was asked for. */
  readonly counted: Uint32Array
  /** 1 where anything that was meant has happened. */
  readonly touched: Uint8Array

  constructor({ facts, names }: ReadContext, { scope, range, roles, eventType, isCapped = false }: Question) {
    const isMeant = meantEntities(compileScope({ ...scope, eventTypes: undefined }, names), names.entityTypes)
    const types = scope.eventTypes && flagsOf(names.ids(scope.eventTypes))
    const entities = names.entityTypes.length
    const counts = Object.fromEntries(tallyFields.map((field) => [field, new Uint32Array(entities)]))
    this.counts = counts as Record<TallyField, Uint32Array>
    this.counted = new Uint32Array(entities)
    this.touched = new Uint8Array(entities)
    const { counted, touched } = this
    const { views, completions } = this.counts
    const ofType = fieldsByType(roles, (type) => names.id(type)).map((field) => field && this.counts[field])
    const isCounted = flagsOf(names.ids(eventType === undefined ? [] : [eventType]))
    const unwanted = isCapped ? flags.overCap : 0

    facts.scan(range, ['type', 'entity', 'flags'], ({ rows, type, entity, flags: bits }) => {
      for (let row = 0; row < rows; row++) {
        const on = entity[row] as number
        const id = type[row] as number
        const bit = bits[row] as number
        if (isMeant[on] !== 1 || (bit & unwanted) !== 0 || (types && types[id] !== 1)) continue
        touched[on] = 1
        if (isCounted[id] === 1) (counted[on] as number)++
        const field = ofType[id]
        if (field === undefined) continue
        ;(field[on] as number)++
        if (field === views && (bit & flags.completed) !== 0) (completions[on] as number)++
      }
    })
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
