import {
  bitsFor,
  headerBytes,
  isNarrow,
  isOfHalves,
  lookedUp,
  packEvery,
  pickEvery,
  unpackNarrow,
  unpackWide,
} from './column-widths.ts'
import { Room } from './room.ts'

/**
 * How numbers are packed, as the second byte says:
 * - `every`: each takes the same bits.
 * - `nonZero`: zeros are left out, and a bit for each number says which.
 * - `palette`: those that occur, then for each number which of these it is.
 * - `most`: each takes the bits that most need; the few that need more are listed with their places.
 * - `gaps`: the steps from each to the next.
 *
 * The last three consist of columns, which are packed in turn, and hold whole numbers below 2³².
 */
const forms = { every: 0, nonZero: 1, palette: 2, most: 3, gaps: 4 } as const

/** So many numbers may occur in a palette: which one it is takes 12 bits. */
const maxPalette = 4096

/** Packs numbers that are not below zero in the shortest form. It takes some ten times as long as doing it quickly. */
export function packColumn(values: ArrayLike<number>): Buffer {
  const quick = packQuickly(values)
  if (quick.length === headerBytes) return quick
  const whole = wholeOf(values)
  return whole ? shortest(quick, whole, [packPalette, packMost, packGaps]) : quick
}

/** Packs numbers in one of the two forms that are found without trying. */
export function packQuickly(values: ArrayLike<number>): Buffer {
  const others = countNonZero(values)
  if (others === 0 || others * 3 > values.length) return packEvery(values)
  const marks = Buffer.alloc(Math.ceil(values.length / 8))
  const nonZero = new Float64Array(others)
  let at = 0
  for (let n = 0; n < values.length; n++) {
    if (values[n] === 0) continue
    nonZero[at++] = values[n] as number
    ;(marks[n >>> 3] as number) |= 1 << (n & 7)
  }
  const packed = packEvery(nonZero)
  packed[1] = forms.nonZero
  packed.writeUInt32LE(others, 4)
  return Buffer.concat([packed, marks])
}

function countNonZero(values: ArrayLike<number>): number {
  let count = 0
  for (let n = 0; n < values.length; n++) if (values[n] !== 0) count++
  return count
}

/** The numbers as one type of array, with which what follows is fast; undefined where one is not a whole one below 2³². */
function wholeOf(values: ArrayLike<number>): Uint32Array | undefined {
  const whole = new Uint32Array(values.length)
  for (let n = 0; n < values.length; n++) {
    whole[n] = values[n] as number
    if (whole[n] !== values[n]) return undefined
  }
  return whole
}

type Packing = (values: Uint32Array) => Buffer | undefined

/** What takes longer to read has to save an eighth. */
function shortest(quick: Buffer, values: Uint32Array, packings: readonly Packing[]): Buffer {
  let best = quick
  for (const pack of packings) {
    const packed = pack(values)
    if (packed && packed.length * 8 < best.length * 7) best = packed
  }
  return best
}

function packPalette(values: Uint32Array): Buffer | undefined {
  const numbers = new Numbering(Math.min(maxPalette, values.length >>> 1))
  const which = new Uint32Array(values.length)
  const uses = new Uint32Array(maxPalette)
  for (let n = 0; n < values.length; n++) {
    const place = numbers.placeOf(values[n] as number)
    if (place === undefined) return undefined
    ;(uses[place] as number)++
    which[n] = place
  }
  const palette = numbers.inOrder()
  putFirst(palette, which, mostUsed(uses.subarray(0, palette.length)))
  const packed = packQuickly(palette)
  return joined(
    forms.palette,
    [palette.length, packed.length],
    [packed, shortest(packQuickly(which), which, [packMost])],
  )
}

const slotBits = 14
const slots = 2 ** slotBits

/** Numbers in the order in which they came up: a hash table, as a map would take most of the time of packing. */
class Numbering {
  readonly #most: number
  readonly #known: Uint32Array
  /** By hash, a number's place and one. */
  readonly #slots = new Uint16Array(slots)
  #size = 0

  constructor(most: number) {
    this.#most = most
    this.#known = new Uint32Array(most)
  }

  /** Undefined where there are too many. */
  placeOf(value: number): number | undefined {
    let slot = Math.imul(value, 0x9e37_79b1) >>> (32 - slotBits)
    for (;;) {
      const place = (this.#slots[slot] as number) - 1
      if (place < 0) return this.#add(value, slot)
      if (this.#known[place] === value) return place
      slot = (slot + 1) % slots
    }
  }

  inOrder(): Uint32Array {
    return this.#known.slice(0, this.#size)
  }

  #add(value: number, slot: number): number | undefined {
    if (this.#size === this.#most) return undefined
    this.#known[this.#size] = value
    this.#slots[slot] = this.#size + 1
    return this.#size++
  }
}

const mostUsed = (uses: Uint32Array) => uses.indexOf(uses.reduce((most, each) => Math.max(most, each)))

/** Makes a number of the palette the first: where it is nearly all of them, nearly all are zero. */
function putFirst(palette: Uint32Array, which: Uint32Array, place: number): void {
  const first = palette[0] as number
  palette[0] = palette[place] as number
  palette[place] = first
  for (let n = 0; n < which.length; n++) {
    if (which[n] === place) which[n] = 0
    else if (which[n] === 0) which[n] = place
  }
}

function packMost(values: Uint32Array): Buffer | undefined {
  const bits = mostNeed(values)
  if (bits === undefined) return undefined
  const end = 2 ** bits
  const kept = values.slice()
  const places: number[] = []
  const others: number[] = []
  let last = 0
  for (let n = 0; n < values.length; n++) {
    if ((values[n] as number) < end) continue
    places.push(n - last)
    others.push(values[n] as number)
    last = n
    kept[n] = 0
  }
  const packed = [packEvery(Uint32Array.from(places)), packEvery(Uint32Array.from(others)), packEvery(kept)] as const
  return joined(forms.most, [others.length, packed[0].length, packed[1].length], packed)
}

/** So many times as many numbers as are listed with their places are not. */
const listedIn = 16

/**
 * The bits with which numbers take least, if the few that need more take these, and a byte for their place; undefined
 * where none needs more.
 */
function mostNeed(values: Uint32Array): number | undefined {
  const counts = new Uint32Array(33)
  for (let n = 0; n < values.length; n++) (counts[32 - Math.clz32(values[n] as number)] as number)++
  const top = counts.findLastIndex((count) => count > 0)
  let best: number | undefined
  let least = values.length * bitsFor(2 ** top - 1)
  let beyond = 0
  for (let bits = top - 1; bits >= 0; bits--) {
    beyond += counts[bits + 1] as number
    if (beyond * listedIn > values.length) break
    const size = values.length * bitsFor(2 ** bits - 1) + beyond * (8 + bitsFor(2 ** top - 1))
    if (size >= least) continue
    least = size
    best = bits
  }
  return best
}

/** Steps may go back: the lowest bit says whether one does. What lies beyond 2³¹ comes round from the other side. */
function packGaps(values: Uint32Array): Buffer | undefined {
  const gaps = new Uint32Array(values.length)
  const first = values[0] ?? 0
  let last = first
  for (let n = 0; n < values.length; n++) {
    const gap = ((values[n] as number) - last) | 0
    gaps[n] = (gap << 1) ^ (gap >> 31)
    last = values[n] as number
  }
  return joined(forms.gaps, [first], [shortest(packQuickly(gaps), gaps, [packPalette, packMost])])
}

/** A header with up to three words, and what follows. */
function joined(form: number, words: readonly number[], parts: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(headerBytes)
  header[1] = form
  for (const [n, word] of words.entries()) header.writeUInt32LE(word, 4 + n * 4)
  return Buffer.concat([header, ...parts])
}

/**
 * The packed numbers: as a rule whole ones below 2³², else as they are.
 *
 * @param room that they may lie in
 */
export function unpackColumn(packed: Buffer, rows: number, room?: Room): Uint32Array | Float64Array {
  if (isOfColumns(packed) || isNarrow(packed)) return unpackInto(packed, room?.of(rows) ?? new Uint32Array(rows))
  if (packed[1] === forms.every) return unpackWide(packed, rows)
  return spread(unpackWide(packed, packed.readUInt32LE(4)), packed, new Float64Array(rows))
}

const isOfColumns = (packed: Buffer) => (packed[1] as number) > forms.nonZero

/** The packed numbers, where they are whole ones below 2³². */
export const unpackWhole = (packed: Buffer, rows: number): Uint32Array => unpackInto(packed, new Uint32Array(rows))

/** For the numbers that are no zeros, until they are at their places. */
const others = new Room()

function unpackInto(packed: Buffer, values: Uint32Array): Uint32Array {
  switch (packed[1]) {
    case forms.every:
      return unpackNarrow(packed, values)
    case forms.nonZero:
      return spread(unpackNarrow(packed, others.of(packed.readUInt32LE(4))), packed, values.fill(0))
    case forms.palette:
      return unpackPalette(packed, values)
    case forms.most:
      return unpackMost(packed, values)
    case forms.gaps:
      return unpackGaps(packed, values)
    default:
      throw new TypeError(`numbers are packed in a form that is not known: ${packed[1]}`)
  }
}

/** Puts numbers to the places of those that are not zero. */
function spread<Values extends Uint32Array | Float64Array>(others: Values, packed: Buffer, values: Values): Values {
  const marks = packed.subarray(packed.length - Math.ceil(values.length / 8))
  let at = 0
  for (let byte = 0; byte < marks.length; byte++) {
    for (let bits = marks[byte] as number; bits !== 0; bits &= bits - 1) {
      values[byte * 8 + 31 - Math.clz32(bits & -bits)] = others[at++] as number
    }
  }
  return values
}

function unpackPalette(packed: Buffer, values: Uint32Array): Uint32Array {
  const { palette, size, which } = partsOfPalette(packed)
  const meant = unpackWhole(palette, size)
  if (which[1] === forms.every && isOfHalves(which)) return lookedUp(which, values, meant)
  unpackInto(which, values)
  for (let n = 0; n < values.length; n++) values[n] = meant[values[n] as number] as number
  return values
}

function partsOfPalette(packed: Buffer): { palette: Buffer; size: number; which: Buffer } {
  const end = headerBytes + packed.readUInt32LE(8)
  return { palette: packed.subarray(headerBytes, end), size: packed.readUInt32LE(4), which: packed.subarray(end) }
}

function unpackMost(packed: Buffer, values: Uint32Array): Uint32Array {
  const size = packed.readUInt32LE(4)
  const endOfPlaces = headerBytes + packed.readUInt32LE(8)
  const endOfOthers = endOfPlaces + packed.readUInt32LE(12)
  const places = unpackNarrow(packed.subarray(headerBytes, endOfPlaces), new Uint32Array(size))
  const others = unpackNarrow(packed.subarray(endOfPlaces, endOfOthers), new Uint32Array(size))
  unpackNarrow(packed.subarray(endOfOthers), values)
  for (let n = 0, place = 0; n < size; n++) {
    place += places[n] as number
    values[place] = others[n] as number
  }
  return values
}

function unpackGaps(packed: Buffer, values: Uint32Array): Uint32Array {
  unpackInto(packed.subarray(headerBytes), values)
  let value = packed.readUInt32LE(4) | 0
  for (let n = 0; n < values.length; n++) {
    const gap = values[n] as number
    value = (value + ((gap >>> 1) ^ -(gap & 1))) | 0
    values[n] = value
  }
  return values
}

/**
 * Some of the packed numbers, by their places: where few are needed, the others are not unpacked.
 *
 * @param room that they may lie in, where each place is behind the one before it
 */
export function pickFrom(packed: Buffer, rows: number, places: Uint32Array, room?: Room): Uint32Array | Float64Array {
  const areFew = places.length * 4 <= rows
  if (areFew && packed[1] === forms.every) return pickEvery(packed, places)
  if (areFew && packed[1] === forms.palette) {
    const { palette, size, which } = partsOfPalette(packed)
    return pickFrom(palette, size, Uint32Array.from(pickFrom(which, rows, places)))
  }
  const values = unpackColumn(packed, rows, room)
  // Moved to the front, none takes the place of one that is still to be moved.
  const picked = room ? values : likeOf(values, places.length)
  for (let n = 0; n < places.length; n++) picked[n] = values[places[n] as number] as number
  return picked.subarray(0, places.length)
}

const likeOf = (values: Uint32Array | Float64Array, size: number) =>
  values instanceof Uint32Array ? new Uint32Array(size) : new Float64Array(size)
