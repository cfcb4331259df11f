import type { Asked } from '../ask.ts'
import type { Row } from '../duckdb.ts'
import { lastDays } from '../sql.ts'

/** A report as it goes over HTTP, beside the same question to DuckDB in SQL. */
export interface Question extends Asked {
  name: string
  /** What the slowest of twenty may take over HTTP, and within the process where less is asked of it. */
  limitMs: number
  insideMs?: number
  sql: string
  /** What the report has to answer, from DuckDB's rows; fields that are not here are not compared. */
  expected: (rows: readonly Row[]) => unknown
  /** What is compared of the report's answer, where the order of its rows is free; else all of it. */
  compared?: (answer: never) => unknown
}

export const month = lastDays(30)
export const quarter = lastDays(90)

export const query = (values: Record<string, string | number>) =>
  new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)]))

export const ratio = (part: unknown, whole: unknown) => (Number(whole) === 0 ? 0 : Number(part) / Number(whole))

/** Rows whose order is free, in one. */
export function byText<T>(textOf: (row: T) => string) {
  return (a: T, b: T) => (textOf(a) < textOf(b) ? -1 : 1)
}
