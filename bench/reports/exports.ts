import type { RunningCollector } from './ask.ts'
import type { DuckDb } from './duckdb.ts'
import { lastDays, within } from './sql.ts'

/** What is read as a whole and not looked at. */
export interface Export {
  name: string
  path: string
  /** As many rows of the same kind from DuckDB, as CSV. */
  sql: string
}

export interface ExportResult {
  name: string
  missing?: string
  rows: number
  rowsPerSecond: number
  bytesPerSecond: number
  duckDbRowsPerSecond: number
}

const month = lastDays(30)

export const exportsOf: readonly Export[] = [
  {
    name: 'every event of 30 days, CSV',
    path: `/v1/export?${new URLSearchParams({ kind: 'sequences', format: 'csv', ...month })}`,
    sql: `SELECT viewer, session, occurred_at, type, entity_type, entity, surface, position, duration_ms, channel FROM event
      WHERE NOT bot AND ${within(month)}`,
  },
]

/** Reads an export to its end, and lets DuckDB write as much. */
export async function measureExport(
  { name, path, sql }: Export,
  collector: RunningCollector,
  duckDb: DuckDb,
): Promise<ExportResult> {
  const nothing = { name, rows: 0, rowsPerSecond: 0, bytesPerSecond: 0, duckDbRowsPerSecond: 0 }
  const start = performance.now()
  const { status, body } = await collector.stream(path)
  if (status !== 200 || !body) return { ...nothing, missing: status === 404 ? 'not there (404)' : String(status) }
  const newline = 10
  let rows = -1
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    // A line break within a cell would count as one more: no column of these has any.
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) rows++
  }
  const seconds = (performance.now() - start) / 1000
  const copy = await duckDb.prepare(`COPY (${sql}) TO '/dev/null' (FORMAT csv)`)
  const scanning = performance.now()
  const [copied] = await copy()
  const duckDbSeconds = (performance.now() - scanning) / 1000
  return {
    name,
    rows,
    rowsPerSecond: rows / seconds,
    bytesPerSecond: bytes / seconds,
    duckDbRowsPerSecond: Number(copied?.Count) / duckDbSeconds,
  }
}
