import { packColumn, unpackColumn, unpackWhole } from './column.ts'
import { withSize, words } from './words.ts'

/** Columns of the same length in one record: how many rows there are, then each with its size before it. */
export const packTable = (columns: readonly ArrayLike<number>[]): Buffer =>
  Buffer.concat([words(columns[0]?.length ?? 0), ...columns.map((column) => withSize(packColumn(column)))])

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

/** One column of a record, where its numbers are whole ones below 2³². */
export function columnAt(packed: Buffer, place: number): Uint32Array {
  let at = 4
  for (let n = 0; n < place; n++) at += 4 + packed.readUInt32LE(at)
  return unpackWhole(packed.subarray(at + 4, at + 4 + packed.readUInt32LE(at)), packed.readUInt32LE(0))
}
