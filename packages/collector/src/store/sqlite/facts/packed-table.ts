import { packColumn, unpackColumn } from './column.ts'

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

/** The rows of a record, under the names of its columns. */
export type Table<Name extends string> = { rows: number } & Record<Name, Uint32Array | Float64Array>

export function unpackTable<Name extends string>(packed: Buffer, names: readonly Name[]): Table<Name> {
  const rows = packed.readUInt32LE(0)
  const table: Record<string, unknown> = { rows }
  let at = 4
  for (const name of names) {
    const size = packed.readUInt32LE(at)
    table[name] = unpackColumn(packed.subarray(at + 4, at + 4 + size), rows)
    at += 4 + size
  }
  return table as Table<Name>
}
