/** The bytes before a column's values: how many each takes, and what is added to each. */
const headerBytes = 16

/**
 * Packs numbers, each as its distance from the smallest: in 0 bytes where all are the same, else in 1 to 4; where that
 * does not do, for they have fractions or lie too far apart, in 8 as they are. Numbers are not below zero.
 */
export function packColumn(values: ArrayLike<number>): Buffer {
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
    for (let n = 0, at = headerBytes; n < values.length; n++) {
      const value = (values[n] as number) - base
      for (let shift = 0; shift < width; shift++) packed[at++] = value >>> (shift * 8)
    }
  }
  return packed
}

function widthOf(span: number): number {
  if (span === 0) return 0
  if (span < 2 ** 8) return 1
  if (span < 2 ** 16) return 2
  if (span < 2 ** 24) return 3
  return span < 2 ** 32 ? 4 : 8
}

/** The packed numbers, where all of them are whole and below 2³². */
export function unpackWhole(packed: Buffer, rows: number): Uint32Array {
  const values = new Uint32Array(rows)
  unpackInto(values, packed)
  return values
}

export function unpackAny(packed: Buffer, rows: number): Float64Array {
  const values = new Float64Array(rows)
  unpackInto(values, packed)
  return values
}

/** One loop a width: reading every column of millions of events goes through here. */
function unpackInto(values: Uint32Array | Float64Array, packed: Buffer): void {
  const rows = values.length
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
    case 4:
      for (let n = 0, at = 0; n < rows; n++, at += 4) {
        const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)
        values[n] = base + low + (bytes[at + 3] as number) * 2 ** 24
      }
      break
    default:
      for (let n = 0; n < rows; n++) values[n] = packed.readDoubleLE(headerBytes + n * 8)
  }
}
