import { openForReading } from './connection.ts'
import { columnsOf, exportedTables } from './exported-tables.ts'
import { stageFrozen, takeApart } from './frozen-stage.ts'

/** Lines handed on at once: one by one they would cost more than their reading. */
const chunkLines = 500

/** The first line says what follows. */
export const formatVersion = 1

/** Everything that is kept, one JSON object a line, as it was at one moment; several lines a chunk. */
export async function* exportLines(file: string, now: number): AsyncGenerator<string> {
  const db = openForReading(file)
  try {
    // All tables as they are now, whatever is written meanwhile.
    db.exec('BEGIN')
    stageFrozen(db)
    takeApart(db)
    yield `${JSON.stringify({ kind: 'export', version: formatVersion, exportedAt: now })}\n`
    for (const table of exportedTables) {
      const columns = columnsOf(db, table)
      const fields = columns.flatMap((column) => column.fields.map((field) => ({ field, codec: column.codec })))
      const reads = columns.flatMap((column) => column.reads).join(', ')
      const from = table.rows === undefined ? table.name : `(${table.rows})`
      const rows = db.prepare<[], unknown[]>(`SELECT ${reads} FROM ${from} t ORDER BY ${table.order}`).raw()
      let lines: string[] = []
      for (const values of rows.iterate()) {
        const given = fields.flatMap(({ field, codec }, n) =>
          values[n] === null ? [] : [[field, codec.encode(values[n])]],
        )
        lines.push(JSON.stringify({ kind: table.name, ...Object.fromEntries(given) }))
        if (lines.length < chunkLines) continue
        yield `${lines.join('\n')}\n`
        lines = []
      }
      if (lines.length > 0) yield `${lines.join('\n')}\n`
    }
  } finally {
    db.close()
  }
}
