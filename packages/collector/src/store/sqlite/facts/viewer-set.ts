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
    const words = this.#wordsUpTo(at + 1)
    ;(words[at] as number) |= 1 << (viewer & 31)
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
    const theirs = others.#words
    const words = this.#wordsUpTo(theirs.length)
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

  /** Adds the members of a set that was packed. */
  addUnpacked(set: UnpackedSet): void {
    if ('members' in set) {
      const { members } = set
      const words = this.#wordsUpTo(((members.at(-1) ?? 0) >>> 5) + 1)
      for (let n = 0; n < members.length; n++) {
        const viewer = members[n] as number
        ;(words[viewer >>> 5] as number) |= 1 << (viewer & 31)
      }
      return
    }
    const { firstWord, bits } = set
    const words = this.#wordsUpTo(firstWord + bits.length)
    for (let n = 0; n < bits.length; n++) (words[firstWord + n] as number) |= bits[n] as number
  }

  /** There are at least so many. */
  #wordsUpTo(end: number): Uint32Array {
    if (end > this.#words.length) {
      const grown = new Uint32Array(Math.max(end, this.#words.length * 2))
      grown.set(this.#words)
      this.#words = grown
    }
    return this.#words
  }
}

/** A packed set's members in their order; where bits are shorter, those of a {@link ViewerSet} from one of its words on. */
export type UnpackedSet = { members: Uint32Array } | { firstWord: number; bits: Uint32Array }

export const emptySet: UnpackedSet = { members: new Uint32Array() }

export function unpackSet(packed: Buffer): UnpackedSet {
  const first = packed.readUInt32LE(8)
  if (packed.readUInt32LE(0) === forms.bits) {
    return { firstWord: first, bits: wordsAt(packed, headerBytes, (packed.length - headerBytes) / 4) }
  }
  const gaps = unpackWhole(packed.subarray(headerBytes), packedSize(packed))
  gaps[0] = first
  const members = fromGaps(gaps)
  const firstWord = first >>> 5
  const words = ((members.at(-1) ?? 0) >>> 5) - firstWord + 1
  if (members.length <= words) return { members }
  const bits = new Uint32Array(words)
  for (let n = 0; n < members.length; n++) {
    const member = members[n] as number
    ;(bits[(member >>> 5) - firstWord] as number) |= 1 << (member & 31)
  }
  return { firstWord, bits }
}

/** How many members a packed set has. */
export const packedSize = (packed: Buffer) => packed.readUInt32LE(4)

/** How many bits of a word are set: pairs, then fours, then bytes are added up within the word. */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555)
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}
