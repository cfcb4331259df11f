/** Numbers below 2³², four bytes each: what packed records say of themselves. */
export const words = (...numbers: number[]): Buffer => Buffer.from(Uint32Array.from(numbers).buffer)

/** With its size before it: whoever reads can go on behind it. */
export const withSize = (data: Buffer): Buffer => Buffer.concat([words(data.length), data])
