import { packColumn, unpackAny } from './column.ts'

/** Columns of the same length in one record: how many rows there are, then each with its size before it. */
export function packTable(columns: readonly ArrayLike<number>[]): Buffer {
  const rows = Buffer.alloc(4)
  rows.writeUInt32LE(columns[0]?.length ?? 0)
  const packed = columns.flatMap((column) => {
    const data = packColumn(column)
    const size = Buffer.alloc(4)
    size.writeUInt32LE(data.length)
    return [size, data]
  })
  return Buffer.concat([rows, ...packed])
}

export function unpackTable(packed: Buffer): { rows: number; columns: Float64Array[] } {
  const rows = packed.readUInt32LE(0)
  const columns: Float64Array[] = []
  for (let at = 4; at < packed.length; ) {
    const size = packed.readUInt32LE(at)
    columns.push(unpackAny(packed.subarray(at + 4, at + 4 + size), rows))
    at += 4 + size
  }
  return { rows, columns }
}
