/** Numbers below 2³², four bytes each: what packed records say of themselves. */
export const words = (...numbers: number[]): Buffer => Buffer.from(Uint32Array.from(numbers).buffer)

/** With its size before it: whoever reads can go on behind it. */
export const withSize = (data: Buffer): Buffer => Buffer.concat([words(data.length), data])

/** So many numbers of four bytes: where they lie, unless that is no multiple of four. */
export function wordsAt(packed: Buffer, at: number, size: number): Uint32Array {
  const from = packed.byteOffset + at
  if (from % 4 === 0) return new Uint32Array(packed.buffer, from, size)
  return new Uint32Array(new Uint8Array(packed.subarray(at, at + 4 * size)).buffer)
}
