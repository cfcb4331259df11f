import { packColumn, unpackWhole } from './column.ts'

const headerBytes = 12
const forms = { gaps: 0, bits: 1 } as const

/** Viewers, to be counted: a bit for each number. Numbers are dense, so half a million of them take 64 kB. */
export class ViewerSet {
  #words = new Uint32Array(1024)

  add(viewer: number): void {
    const at = viewer >>> 5
    if (at >= this.#words.length) this.#grow(at + 1)
    ;(this.#words[at] as number) |= 1 << (viewer & 31)
  }

  has(viewer: number): boolean {
    return (((this.#words[viewer >>> 5] ?? 0) >>> (viewer & 31)) & 1) === 1
  }

  get size(): number {
    let size = 0
    for (let n = 0; n < this.#words.length; n++) size += bitsIn(this.#words[n] as number)
    return size
  }

  addAll(others: ViewerSet): void {
    if (others.#words.length > this.#words.length) this.#grow(others.#words.length)
    for (let n = 0; n < others.#words.length; n++) (this.#words[n] as number) |= others.#words[n] as number
  }

  /** Those that the others do not have. */
  without(others: ViewerSet): ViewerSet {
    const rest = new ViewerSet()
    rest.#words = this.#words.map((word, n) => word & ~(others.#words[n] ?? 0))
    return rest
  }

  /** How many of them the others have, too. */
  sharedWith(others: ViewerSet): number {
    let shared = 0
    for (let n = 0; n < this.#words.length; n++) shared += bitsIn((this.#words[n] as number) & (others.#words[n] ?? 0))
    return shared
  }

  /** In their order. */
  members(): Uint32Array {
    const members = new Uint32Array(this.size)
    let at = 0
    for (let n = 0; n < this.#words.length; n++) {
      for (let word = this.#words[n] as number; word !== 0; word &= word - 1) {
        members[at++] = n * 32 + (31 - Math.clz32(word & -word))
      }
    }
    return members
  }

  /** As a record: a bit for each number between the first and the last, or the gaps between them, whichever is shorter. */
  pack(): Buffer {
    const members = this.members()
    const first = members[0] ?? 0
    const gaps = packColumn(members.map((member, n) => (n === 0 ? 0 : member - (members[n - 1] as number))))
    const firstWord = first >>> 5
    const words = members.length === 0 ? 0 : ((members.at(-1) as number) >>> 5) - firstWord + 1
    const isDense = words * 4 < gaps.length
    const header = Buffer.alloc(headerBytes)
    header.writeUInt32LE(isDense ? forms.bits : forms.gaps, 0)
    header.writeUInt32LE(members.length, 4)
    header.writeUInt32LE(isDense ? firstWord : first, 8)
    if (!isDense) return Buffer.concat([header, gaps])
    const bits = this.#words.slice(firstWord, firstWord + words)
    return Buffer.concat([header, Buffer.from(bits.buffer)])
  }

  /** Adds the members of a packed set. */
  addPacked(packed: Buffer): void {
    const size = packedSize(packed)
    const first = packed.readUInt32LE(8)
    const data = packed.subarray(headerBytes)
    if (packed.readUInt32LE(0) === forms.gaps) {
      const gaps = unpackWhole(data, size)
      let viewer = first
      for (let n = 0; n < size; n++) {
        viewer += gaps[n] as number
        this.add(viewer)
      }
      return
    }
    const words = data.length / 4
    if (first + words > this.#words.length) this.#grow(first + words)
    // A copy: the words of a record need not begin at a multiple of four.
    const bits = new Uint32Array(Uint8Array.from(data).buffer)
    for (let n = 0; n < words; n++) (this.#words[first + n] as number) |= bits[n] as number
  }

  #grow(words: number): void {
    const grown = new Uint32Array(Math.max(words, this.#words.length * 2))
    grown.set(this.#words)
    this.#words = grown
  }
}

/** How many members a packed set has. */
export const packedSize = (packed: Buffer) => packed.readUInt32LE(4)

/** How many bits of a word are set: pairs, then fours, then bytes are added up within the word. */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555)
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}
