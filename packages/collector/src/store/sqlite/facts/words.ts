/** Numbers below 2³², four bytes each: what packed records say of themselves. */
export const words = (...numbers: number[]): Buffer => Buffer.from(Uint32Array.from(numbers).buffer)

/** With its size before it: whoever reads can go on behind it. */
export const withSize = (data: Buffer): Buffer => Buffer.concat([words(data.length), data])

/** So many numbers of four bytes. A copy: what is kept of a record must not keep all of it. */
export const wordsAt = (packed: Buffer, at: number, size: number): Uint32Array =>
  new Uint32Array(new Uint8Array(packed.subarray(at, at + 4 * size)).buffer)
