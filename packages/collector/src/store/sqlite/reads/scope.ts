import type { Scope } from '../../reads.ts'
import type { Names } from './names.ts'

/** A scope in numbers; undefined where it does not limit. */
export interface CompiledScope {
  types: readonly number[] | undefined
  entityType: number | undefined
  /** The entities that are meant, by their numbers, where the scope names one or an owner. */
  entities: readonly number[] | undefined
  /** Whether a fact is meant. */
  has(type: number, entity: number): boolean
  /** Whether events of a type are, wherever else they are limited. */
  hasType(type: number): boolean
  /** Whether events of a type on entities of a type are meant: for summaries, which know no entities. */
  hasTypes(type: number, entityType: number): boolean
}

/** The number of what was never seen: no fact has it. */
const unknown = -2

export function compileScope({ eventTypes, entityType, entityId, ownerId }: Scope, names: Names): CompiledScope {
  const types = eventTypes && names.ids(eventTypes)
  const kind = entityType === undefined ? undefined : (names.id(entityType) ?? unknown)
  const entities = entitiesOf()
  const typeFlags = types && flagsOf(types)
  const entityFlags = entities && flagsOf(entities)
  const entityTypes = names.entityTypes
  return {
    types,
    entityType: kind,
    entities,
    has: (type, entity) =>
      (typeFlags === undefined || typeFlags[type] === 1) &&
      (entityFlags === undefined ? kind === undefined || entityTypes[entity] === kind : entityFlags[entity] === 1),
    hasType: (type) => typeFlags === undefined || typeFlags[type] === 1,
    hasTypes: (type, entityType) =>
      (typeFlags === undefined || typeFlags[type] === 1) && (kind === undefined || entityType === kind),
  }

  function entitiesOf(): readonly number[] | undefined {
    if (entityId !== undefined) {
      const entity = names.entity(entityType ?? '', entityId)
      return entity === undefined ? [] : [entity]
    }
    if (ownerId === undefined) return undefined
    const owned = names.ownedBy(ownerId)
    const ofType = names.entityTypes
    return kind === undefined ? owned : owned.filter((entity) => ofType[entity] === kind)
  }
}

/** For each number whether it is one of them: looking up is one step, and numbers are dense. */
export function flagsOf(ids: readonly number[]): Uint8Array {
  const flags = new Uint8Array(ids.reduce((top, id) => Math.max(top, id), 0) + 1)
  for (const id of ids) flags[id] = 1
  return flags
}
