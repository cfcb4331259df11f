import type { Chunk } from './fact-reader.ts'
import { keyOf } from './summary-kind.ts'
import { ViewerSet } from './viewer-set.ts'

export const viewerColumns = ['type', 'entity', 'viewer'] as const

/** Stands for every event type, or for every entity type. */
export const any = -1

/** Those who did what is meant: events of a type on entities of a type, or {@link any} of these. */
export interface PackedViewers {
  type: number
  entityType: number
  viewers: number
  data: Uint8Array
}

/** The viewers of a day: by event type and entity type, by each of these, and all of them. */
export class ViewerSets {
  readonly #sets = new Map<number, { type: number; entityType: number; set: ViewerSet }>()

  add({ rows, type: types, entity, viewer }: Chunk<(typeof viewerColumns)[number]>, entityTypes: Uint32Array): void {
    for (let row = 0; row < rows; row++) {
      const id = viewer[row] as number
      if (id === 0) continue
      const type = types[row] as number
      const entityType = entityTypes[entity[row] as number] as number
      this.#set(type, entityType).add(id)
      this.#set(type, any).add(id)
      this.#set(any, entityType).add(id)
      this.#set(any, any).add(id)
    }
  }

  pack(): PackedViewers[] {
    return [...this.#sets.values()].map(({ type, entityType, set }) => ({
      type,
      entityType,
      viewers: set.size,
      data: set.pack(),
    }))
  }

  #set(type: number, entityType: number): ViewerSet {
    const key = keyOf(type + 1, entityType + 1)
    let found = this.#sets.get(key)
    if (!found) {
      found = { type, entityType, set: new ViewerSet() }
      this.#sets.set(key, found)
    }
    return found.set
  }
}
