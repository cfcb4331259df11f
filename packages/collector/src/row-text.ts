/** How rows of a table stand in a file or an answer. */
export const tableFormats = ['csv', 'ndjson'] as const
export type TableFormat = (typeof tableFormats)[number]

/** What begins a table: in CSV (RFC 4180) the names of its columns. */
export const tableHead = (columns: readonly string[], format: TableFormat): string =>
  format === 'csv' ? toLine(columns) : ''

/** Rows, each a line: of CSV, or an object of JSON. */
export function rowsToText(rows: readonly object[], columns: readonly string[], format: TableFormat): string {
  let text = ''
  if (format === 'ndjson') for (const row of rows) text += `${JSON.stringify(row)}\n`
  else for (const row of rows) text += toLine(columns.map((column) => (row as Record<string, unknown>)[column]))
  return text
}

const toLine = (values: readonly unknown[]) => `${values.map(toCell).join(',')}\r\n`

/** A cell holds one value: what is made of several stands as JSON. */
function toCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'object') return quoted(JSON.stringify(value))
  return typeof value === 'string' ? quoted(defused(value)) : String(value)
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** A spreadsheet would take such a text for a formula, and run it. */
const defused = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
