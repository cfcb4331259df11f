import { packColumn, unpackWhole } from './column.ts'
import { fromGaps } from './gaps.ts'
import { wordsAt } from './words.ts'

const headerBytes = 12
const forms = { gaps: 0, bits: 1 } as const
/** Adding bits takes a tenth of the time: gaps have to be shorter by so many times. */
const shorterBy = 2

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
    const words = this.#words
    let size = 0
    for (let n = 0; n < words.length; n++) size += bitsIn(words[n] as number)
    return size
  }

  addAll(others: ViewerSet): void {
    if (others.#words.length > this.#words.length) this.#grow(others.#words.length)
    const [words, theirs] = [this.#words, others.#words]
    for (let n = 0; n < theirs.length; n++) (words[n] as number) |= theirs[n] as number
  }

  /** Those that the others do not have. */
  without(others: ViewerSet): ViewerSet {
    const rest = new ViewerSet()
    const [words, theirs] = [this.#words.slice(), others.#words]
    for (let n = Math.min(words.length, theirs.length) - 1; n >= 0; n--) (words[n] as number) &= ~(theirs[n] as number)
    rest.#words = words
    return rest
  }

  /** How many of them the others have, too. */
  sharedWith(others: ViewerSet): number {
    const [words, theirs] = [this.#words, others.#words]
    let shared = 0
    for (let n = Math.min(words.length, theirs.length) - 1; n >= 0; n--) {
      shared += bitsIn((words[n] as number) & (theirs[n] as number))
    }
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

  /** As a record: a bit for each number between the first and the last, or the gaps between them, where these are far shorter. */
  pack(): Buffer {
    const members = this.members()
    const first = members[0] ?? 0
    const gaps = packColumn(members.map((member, n) => (n === 0 ? 0 : member - (members[n - 1] as number))))
    const firstWord = first >>> 5
    const words = members.length === 0 ? 0 : ((members.at(-1) as number) >>> 5) - firstWord + 1
    const isDense = words * 4 < gaps.length * shorterBy
    const header = Buffer.alloc(headerBytes)
    header.writeUInt32LE(isDense ? forms.bits : forms.gaps, 0)
    header.writeUInt32LE(members.length, 4)
    header.writeUInt32LE(isDense ? firstWord : first, 8)
    if (!isDense) return Buffer.concat([header, gaps])
    const bits = this.#words.slice(firstWord, firstWord + words)
    return Buffer.concat([header, Buffer.from(bits.buffer)])
  }

  addUnpacked({ members, first, bits }: UnpackedSet): void {
    const last = members.at(-1) ?? 0
    const end = Math.max(first + bits.length, (last >>> 5) + 1)
    if (end > this.#words.length) this.#grow(end)
    const words = this.#words
    for (let n = 0; n < members.length; n++) {
      const viewer = members[n] as number
      ;(words[viewer >>> 5] as number) |= 1 << (viewer & 31)
    }
    for (let n = 0; n < bits.length; n++) (words[first + n] as number) |= bits[n] as number
  }

  #grow(words: number): Uint32Array<ArrayBuffer> {
    const grown = new Uint32Array(Math.max(words, this.#words.length * 2))
    grown.set(this.#words)
    this.#words = grown
    return grown
  }
}

/** The members of a packed set in their order, or where these would be longer, a bit for each number from some on. */
export interface UnpackedSet {
  members: Uint32Array
  /** The place of the first word. */
  first: number
  bits: Uint32Array
}

const noWords = new Uint32Array()

export const emptySet: UnpackedSet = { members: noWords, first: 0, bits: noWords }

export function unpackSet(packed: Buffer): UnpackedSet {
  const first = packed.readUInt32LE(8)
  if (packed.readUInt32LE(0) === forms.bits) {
    const words = (packed.length - headerBytes) / 4
    return { members: noWords, first, bits: wordsAt(packed, headerBytes, words).slice() }
  }
  const gaps = unpackWhole(packed.subarray(headerBytes), packedSize(packed))
  gaps[0] = first
  const members = fromGaps(gaps)
  const firstWord = first >>> 5
  const words = ((members.at(-1) ?? 0) >>> 5) - firstWord + 1
  if (members.length <= words) return { members, first: 0, bits: noWords }
  const bits = new Uint32Array(words)
  for (let n = 0; n < members.length; n++) {
    const at = members[n] as number
    ;(bits[(at >>> 5) - firstWord] as number) |= 1 << (at & 31)
  }
  return { members: noWords, first: firstWord, bits }
}

/** How many members a packed set has. */
export const packedSize = (packed: Buffer) => packed.readUInt32LE(4)

/** How many bits of a word are set: pairs, then fours, then bytes are added up within the word. */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555)
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}
