import { packColumn, unpackColumn, unpackWhole } from './column.ts'
import { withSize, words } from './words.ts'

/** Columns of the same length in one record: how many rows there are, then each with its size before it. */
export const packTable = (columns: readonly ArrayLike<number>[]): Buffer =>
  Buffer.concat([words(columns[0]?.length ?? 0), ...columns.map((column) => withSize(packColumn(column)))])

/** The rows of a record, under the names of its columns. */
export type Table<Name extends string> = { rows: number } & Record<Name, Uint32Array | Float64Array>

export function unpackTable<Name extends string>(packed: Buffer, names: readonly Name[]): Table<Name> {
  const rows = rowsOf(packed)
  const columns = names.map((name, place) => [name, unpackColumn(recordAt(packed, place), rows)])
  return { rows, ...Object.fromEntries(columns) } as Table<Name>
}

/** One column of a record, where its numbers are whole ones below 2³². */
export const columnAt = (packed: Buffer, place: number): Uint32Array =>
  unpackWhole(recordAt(packed, place), rowsOf(packed))

const rowsOf = (packed: Buffer) => packed.readUInt32LE(0)

function recordAt(packed: Buffer, place: number): Buffer {
  let at = 4
  for (let n = 0; n < place; n++) at += 4 + packed.readUInt32LE(at)
  return packed.subarray(at + 4, at + 4 + packed.readUInt32LE(at))
}
