import type { Chunk } from './fact-reader.ts'
import { ViewerSet } from './viewer-set.ts'

export const viewerColumns = ['type', 'entity', 'viewer'] as const
type ViewerChunk = Chunk<(typeof viewerColumns)[number]>

/** The viewers of a day: by event type and entity type, and those of any event at all. */
export class ViewerSets {
  readonly #anybody = new ViewerSet()
  readonly #sets = new Map<string, ViewerSet>()

  add({ rows, type, entity, viewer }: ViewerChunk, entityTypes: Uint32Array): void {
    for (let row = 0; row < rows; row++) {
      const id = viewer[row] as number
      if (id === 0) continue
      this.#anybody.add(id)
      this.#set(`${type[row]} ${entityTypes[entity[row] as number]}`).add(id)
    }
  }

  packAnybody(): Buffer {
    return this.#anybody.pack()
  }

  /** Each set behind its event type, its entity type and its length in bytes. */
  pack(): Buffer {
    const sets = [...this.#sets].sort(([a], [b]) => (a < b ? -1 : 1))
    return Buffer.concat(
      sets.flatMap(([key, set]) => {
        const [type = 0, entityType = 0] = key.split(' ').map(Number)
        const data = set.pack()
        const header = Buffer.alloc(12)
        header.writeUInt32LE(type, 0)
        header.writeUInt32LE(entityType, 4)
        header.writeUInt32LE(data.length, 8)
        return [header, data]
      }),
    )
  }

  #set(key: string): ViewerSet {
    let set = this.#sets.get(key)
    if (!set) {
      set = new ViewerSet()
      this.#sets.set(key, set)
    }
    return set
  }
}

/** Visits the packed sets of a record, without unpacking them. */
export function eachViewerSet(packed: Buffer, visit: (type: number, entityType: number, set: Buffer) => void): void {
  for (let at = 0; at < packed.length; ) {
    const size = packed.readUInt32LE(at + 8)
    visit(packed.readUInt32LE(at), packed.readUInt32LE(at + 4), packed.subarray(at + 12, at + 12 + size))
    at += 12 + size
  }
}
