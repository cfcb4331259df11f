import type { Scope } from '../../reads.ts'
import type { Names } from './names.ts'

/** The number of what was never seen: no fact has it. */
const unknown = -2

/** A scope in numbers; undefined where it does not limit. */
export class CompiledScope {
  readonly types: readonly number[] | undefined
  readonly entityType: number | undefined
  /** The entities that are meant, by their numbers, where the scope names one or an owner. */
  readonly entities: readonly number[] | undefined
  readonly #isType: Uint8Array | undefined
  readonly #isEntity: Uint8Array | undefined
  readonly #entityTypes: Uint32Array

  constructor(scope: Scope, names: Names) {
    const { eventTypes, entityType } = scope
    this.types = eventTypes && names.ids(eventTypes)
    this.entityType = entityType === undefined ? undefined : (names.id(entityType) ?? unknown)
    this.entities = entitiesOf(scope, this.entityType, names)
    this.#isType = this.types && flagsOf(this.types)
    this.#isEntity = this.entities && flagsOf(this.entities)
    this.#entityTypes = names.entityTypes
  }

  /** Whether a fact is meant. */
  has(type: number, entity: number): boolean {
    if (!this.hasType(type)) return false
    if (this.#isEntity !== undefined) return this.#isEntity[entity] === 1
    return this.entityType === undefined || this.#entityTypes[entity] === this.entityType
  }

  /** Whether events of a type are, wherever else they are limited. */
  hasType(type: number): boolean {
    return this.#isType === undefined || this.#isType[type] === 1
  }

  /** Whether events of a type on entities of a type are meant: for summaries, which know no entities. */
  hasTypes(type: number, entityType: number): boolean {
    return this.hasType(type) && (this.entityType === undefined || entityType === this.entityType)
  }
}

function entitiesOf(
  { entityType, entityId, ownerId }: Scope,
  kind: number | undefined,
  names: Names,
): readonly number[] | undefined {
  if (entityId !== undefined) {
    const entity = names.entity(entityType ?? '', entityId)
    return entity === undefined ? [] : [entity]
  }
  if (ownerId === undefined) return undefined
  const owned = names.ownedBy(ownerId)
  const ofType = names.entityTypes
  return kind === undefined ? owned : owned.filter((entity) => ofType[entity] === kind)
}

/** For each number whether it is one of them: looking up is one step, and numbers are dense. */
export function flagsOf(ids: readonly number[]): Uint8Array {
  const flags = new Uint8Array(ids.reduce((top, id) => Math.max(top, id), 0) + 1)
  for (const id of ids) flags[id] = 1
  return flags
}
