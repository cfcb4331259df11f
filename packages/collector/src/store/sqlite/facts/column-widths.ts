/** The bytes before the numbers: how many each takes, and what is added to each. */
export const headerBytes = 16

/** What a number may take, and how the header says so: in whole bytes, or in half ones from 0x10 on. */
const widths = [
  { code: 0, bits: 0 },
  { code: 0x11, bits: 4 },
  { code: 1, bits: 8 },
  { code: 0x13, bits: 12 },
  { code: 2, bits: 16 },
  { code: 3, bits: 24 },
  { code: 4, bits: 32 },
] as const
/** For numbers that have fractions, or lie too far apart: they are kept as they are. */
const asTheyAre = { code: 8, bits: 64 } as const

/** So many bits are enough for numbers from 0 up to one. */
export const bitsFor = (top: number) => widthFor(top).bits

const widthFor = (span: number) => widths.find(({ bits }) => span < 2 ** bits) ?? asTheyAre

const bitsOf = (packed: Buffer) => {
  const code = packed[0] as number
  return code < 0x10 ? code * 8 : (code - 0x10) * 4
}

const baseOf = (packed: Buffer) => packed.readDoubleLE(8)

/** Whether the numbers are whole ones below 2³² for sure. */
export const isNarrow = (packed: Buffer) => {
  const bits = bitsOf(packed)
  return bits < 64 && baseOf(packed) + 2 ** bits <= 2 ** 32
}

/** Packs numbers, each as its distance from the smallest, in the bits that the largest of these needs. */
export function packEvery(values: ArrayLike<number>): Buffer {
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
  const { code, bits } = isWhole ? widthFor(top - base) : asTheyAre
  const packed = Buffer.alloc(headerBytes + Math.ceil((values.length * bits) / 8))
  packed[0] = code
  packed.writeDoubleLE(bits === 64 ? 0 : base, 8)
  if (bits === 64) {
    for (let n = 0; n < values.length; n++) packed.writeDoubleLE(values[n] as number, headerBytes + n * 8)
  } else if (bits % 8 !== 0) {
    packHalves(packed, values, base, bits)
  } else {
    packWhole(packed, values, base, bits / 8)
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

/** Where a number ends in the middle of a byte, the next one begins there. */
function packHalves(packed: Buffer, values: ArrayLike<number>, base: number, bits: number): void {
  for (let n = 0; n < values.length; n++) {
    const at = headerBytes + ((n * bits) >>> 3)
    const shifted = ((values[n] as number) - base) << ((n * bits) & 7)
    ;(packed[at] as number) |= shifted & 0xff
    if (shifted > 0xff) (packed[at + 1] as number) |= shifted >>> 8
  }
}

/**
 * One loop a width, and one type of array: every column of millions of events goes through here. Sums are cut to 32 bits,
 * for whole numbers are added faster than any.
 */
export function unpackNarrow(packed: Buffer, values: Uint32Array): Uint32Array {
  const base = baseOf(packed) | 0
  if (isOfHalves(packed)) return lookedUp(packed, values, sixteenFrom(base))
  const rows = values.length
  const bytes = new Uint8Array(packed.buffer, packed.byteOffset + headerBytes, packed.length - headerBytes)
  switch (bitsOf(packed)) {
    case 0:
      values.fill(base)
      break
    case 8:
      for (let n = 0; n < rows; n++) values[n] = (base + (bytes[n] as number)) | 0
      break
    case 12:
      for (let n = 0, at = 0; n < rows; n += 2, at += 3) {
        values[n] = (base + ((bytes[at] as number) | (((bytes[at + 1] as number) & 15) << 8))) | 0
      }
      for (let n = 1, at = 1; n < rows; n += 2, at += 3) {
        values[n] = (base + (((bytes[at] as number) >>> 4) | ((bytes[at + 1] as number) << 4))) | 0
      }
      break
    case 16:
      for (let n = 0, at = 0; n < rows; n++, at += 2) {
        values[n] = (base + ((bytes[at] as number) | ((bytes[at + 1] as number) << 8))) | 0
      }
      break
    case 24:
      for (let n = 0, at = 0; n < rows; n++, at += 3) {
        values[n] = (base + threeAt(bytes, at)) | 0
      }
      break
    default:
      for (let n = 0, at = 0; n < rows; n++, at += 4) {
        values[n] = (base + (threeAt(bytes, at) | ((bytes[at + 3] as number) << 24))) | 0
      }
  }
  return values
}

const sixteenFrom = (base: number) => Uint32Array.from({ length: 16 }, (_, n) => base + n)

/** Whether there are two numbers to a byte. */
export const isOfHalves = (packed: Buffer) => bitsOf(packed) === 4

/** What numbers of half a byte stand for. */
export function lookedUp(packed: Buffer, values: Uint32Array, meant: Uint32Array): Uint32Array {
  const rows = values.length
  const bytes = new Uint8Array(packed.buffer, packed.byteOffset + headerBytes, packed.length - headerBytes)
  for (let n = 0; n < rows; n += 2) values[n] = meant[(bytes[n >>> 1] as number) & 15] as number
  for (let n = 1; n < rows; n += 2) values[n] = meant[(bytes[n >>> 1] as number) >>> 4] as number
  return values
}

const threeAt = (bytes: Uint8Array, at: number) =>
  (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)

/** Numbers that may be large, or have fractions. */
export function unpackWide(packed: Buffer, rows: number): Float64Array {
  const [base, bits, bytes] = [baseOf(packed), bitsOf(packed), packed.subarray(headerBytes)]
  const values = new Float64Array(rows)
  if (bits === 64) new Uint8Array(values.buffer).set(bytes.subarray(0, rows * 8))
  else for (let n = 0; n < rows; n++) values[n] = base + distanceAt(bytes, bits, n)
  return values
}

/** Some of the numbers, by their places. */
export function pickEvery(packed: Buffer, places: Uint32Array): Uint32Array | Float64Array {
  if (!isNarrow(packed)) return pickWide(packed, places)
  const [base, bits, bytes] = [baseOf(packed), bitsOf(packed), packed.subarray(headerBytes)]
  const picked = new Uint32Array(places.length)
  for (let n = 0; n < places.length; n++) picked[n] = (base + distanceAt(bytes, bits, places[n] as number)) | 0
  return picked
}

function pickWide(packed: Buffer, places: Uint32Array): Float64Array {
  const [base, bits, bytes] = [baseOf(packed), bitsOf(packed), packed.subarray(headerBytes)]
  const picked = new Float64Array(places.length)
  for (let n = 0; n < places.length; n++) {
    const place = places[n] as number
    picked[n] = bits === 64 ? bytes.readDoubleLE(place * 8) : base + distanceAt(bytes, bits, place)
  }
  return picked
}

/** How far a number is from the smallest, where it takes 32 bits or less. */
function distanceAt(bytes: Uint8Array, bits: number, place: number): number {
  switch (bits) {
    case 0:
      return 0
    case 4:
      return ((bytes[place >>> 1] as number) >>> ((place & 1) * 4)) & 15
    case 8:
      return bytes[place] as number
    case 12:
      return (twoAt(bytes, (place * 3) >>> 1) >>> ((place & 1) * 4)) & 0xfff
    case 16:
      return twoAt(bytes, place * 2)
    case 24:
      return threeAt(bytes, place * 3)
    default:
      return (threeAt(bytes, place * 4) | ((bytes[place * 4 + 3] as number) << 24)) >>> 0
  }
}

/** The last number may end with the first of them. */
const twoAt = (bytes: Uint8Array, at: number) => (bytes[at] as number) | ((bytes[at + 1] ?? 0) << 8)
