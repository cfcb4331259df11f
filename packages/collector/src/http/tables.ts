import { stringify } from 'csv-stringify/sync'
import type { Context } from 'hono'

export const formats = ['json', 'csv', 'ndjson'] as const
export type Format = (typeof formats)[number]

/** Answers rows as CSV (RFC 4180) or as lines of JSON. */
export function sendRows(
  c: Context,
  rows: readonly object[],
  format: Exclude<Format, 'json'>,
  headers: Readonly<Record<string, string>>,
): Response {
  if (format === 'ndjson') {
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
    return c.body(lines, 200, { 'Content-Type': 'application/x-ndjson', ...headers })
  }
  return c.body(toCsv(rows), 200, { 'Content-Type': 'text/csv; charset=utf-8; header=present', ...headers })
}

/** The names of the first row's fields, then a line for each row. */
function toCsv(rows: readonly object[]): string {
  return stringify(rows.map(toCells), {
    header: true,
    columns: Object.keys(rows[0] ?? {}),
    record_delimiter: 'windows',
    cast: { string: defuse },
  })
}

/** A cell holds one value: what is made of several stands as JSON. */
const toCells = (row: object) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null
        ? JSON.stringify(value)
        : typeof value === 'boolean'
          ? String(value)
          : value,
    ]),
  )

/** A spreadsheet would take such a text for a formula, and run it. */
const defuse = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
