/** The bytes before a column's values: how many each takes, whether zeros are left out, and what is added to each. */
const headerBytes = 16
const forms = { every: 0, nonZero: 1 } as const

/**
 * Packs numbers, each as its distance from the smallest: in 0 bytes where all are the same, else in 1 to 4; where that
 * does not do, for they have fractions or lie too far apart, in 8 as they are. Where two of three are zero, these are
 * left out, and a bit for each number says which. Numbers are not below zero.
 */
export function packColumn(values: ArrayLike<number>): Buffer {
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

function packEvery(values: ArrayLike<number>): Buffer {
  let base = Number.POSITIVE_INFINITY
  let top = 0
  let isWhole = true
  for (let n = 0; n < values.length; n++) {
    const value = values[n] as number
    if (value < base) base = value
    if (value > top) top = value
    if (!Number.isInteger(value)) isWhole = false
  }
  if (values.length === 0) base = 0
  const width = isWhole ? widthOf(top - base) : 8
  const packed = Buffer.alloc(headerBytes + values.length * width)
  packed[0] = width
  packed.writeDoubleLE(width === 8 ? 0 : base, 8)
  if (width === 8) {
    for (let n = 0; n < values.length; n++) packed.writeDoubleLE(values[n] as number, headerBytes + n * 8)
  } else {
    packWhole(packed, values, base, width)
  }
  return packed
}

/** The lowest bytes of each number; of a width of 4 or less there are all of them. */
function packWhole(packed: Buffer, values: ArrayLike<number>, base: number, width: number): void {
  for (let n = 0, at = headerBytes; width > 0 && n < values.length; n++, at += width) {
    const value = (values[n] as number) - base
    packed[at] = value
    if (width > 1) packed[at + 1] = value >>> 8
    if (width > 2) packed[at + 2] = value >>> 16
    if (width > 3) packed[at + 3] = value >>> 24
  }
}

function widthOf(span: number): number {
  if (span === 0) return 0
  if (span < 2 ** 8) return 1
  if (span < 2 ** 16) return 2
  if (span < 2 ** 24) return 3
  return span < 2 ** 32 ? 4 : 8
}

/** The packed numbers: as a rule whole ones below 2³², else as they are. */
export function unpackColumn(packed: Buffer, rows: number): Uint32Array | Float64Array {
  const width = packed[0] as number
  if (width < 8 && packed.readDoubleLE(8) + 2 ** (8 * width) <= 2 ** 32) return unpackWhole(packed, rows)
  if (packed[1] === forms.every) return unpackWide(packed, rows)
  return spread(unpackWide(packed, packed.readUInt32LE(4)), packed, new Float64Array(rows))
}

/** The packed numbers, where they are whole ones below 2³². */
export function unpackWhole(packed: Buffer, rows: number): Uint32Array {
  if (packed[1] === forms.every) return unpackNarrow(packed, rows)
  return spread(unpackNarrow(packed, packed.readUInt32LE(4)), packed, new Uint32Array(rows))
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

/** One loop a width, and one type of array: every column of millions of events goes through here. */
function unpackNarrow(packed: Buffer, rows: number): Uint32Array {
  const values = new Uint32Array(rows)
  const base = packed.readDoubleLE(8)
  const bytes = new Uint8Array(packed.buffer, packed.byteOffset + headerBytes, packed.length - headerBytes)
  switch (packed[0]) {
    case 0:
      values.fill(base)
      break
    case 1:
      for (let n = 0; n < rows; n++) values[n] = base + (bytes[n] as number)
      break
    case 2:
      for (let n = 0, at = 0; n < rows; n++, at += 2) {
        values[n] = base + ((bytes[at] as number) | ((bytes[at + 1] as number) << 8))
      }
      break
    case 3:
      for (let n = 0, at = 0; n < rows; n++, at += 3) {
        values[n] =
          base + ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16))
      }
      break
    default:
      for (let n = 0, at = 0; n < rows; n++, at += 4) values[n] = base + wordAt(bytes, at)
  }
  return values
}

function unpackWide(packed: Buffer, rows: number): Float64Array {
  const values = new Float64Array(rows)
  const width = packed[0] as number
  const base = packed.readDoubleLE(8)
  for (let n = 0, at = headerBytes; n < rows; n++, at += width) {
    values[n] = width === 8 ? packed.readDoubleLE(at) : base + (width === 0 ? 0 : packed.readUIntLE(at, width))
  }
  return values
}

const wordAt = (bytes: Uint8Array, at: number) =>
  ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)) +
  (bytes[at + 3] as number) * 2 ** 24

/** Some of the packed numbers, by their places: where few are needed, the others are not unpacked. */
export function pickFrom(packed: Buffer, rows: number, places: Uint32Array): Uint32Array | Float64Array {
  const width = packed[0] as number
  if (width === 8 || packed[1] === forms.nonZero || places.length * 4 > rows) {
    const values = unpackColumn(packed, rows)
    const picked = values instanceof Uint32Array ? new Uint32Array(places.length) : new Float64Array(places.length)
    for (let n = 0; n < places.length; n++) picked[n] = values[places[n] as number] as number
    return picked
  }
  const base = packed.readDoubleLE(8)
  const isWhole = base + 2 ** (8 * width) <= 2 ** 32
  const values = isWhole ? new Uint32Array(places.length) : new Float64Array(places.length)
  for (let n = 0; n < places.length; n++) {
    const at = headerBytes + (places[n] as number) * width
    values[n] = base + (width === 0 ? 0 : packed.readUIntLE(at, width))
  }
  return values
}
