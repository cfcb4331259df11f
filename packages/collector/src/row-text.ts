/** How rows of a table stand in a file or an answer. */
export const tableFormats = ['csv', 'ndjson'] as const
export type TableFormat = (typeof tableFormats)[number]

/** Rows that are written at once: one by one they would cost more, and more of them would hold up whoever else waits. */
export const rowsAtOnce = 1000

/** What begins a table: in CSV (RFC 4180) the names of its columns. */
export const tableHead = (columns: readonly string[], format: TableFormat): string =>
  format === 'csv' ? `${columns.map(toCell).join(',')}\r\n` : ''

/** Rows, each a line: of CSV, or an object of JSON. */
export function rowsToText(rows: readonly object[], columns: readonly string[], format: TableFormat): string {
  let text = ''
  if (format === 'ndjson') {
    for (const row of rows) text += `${JSON.stringify(row)}\n`
    return text
  }
  for (const row of rows) {
    for (let n = 0; n < columns.length; n++) {
      text += (n === 0 ? '' : ',') + toCell((row as Record<string, unknown>)[columns[n] as string])
    }
    text += '\r\n'
  }
  return text
}

/** A cell holds one value: what is made of several stands as JSON. */
function toCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'object') return quoted(JSON.stringify(value))
  if (typeof value !== 'string') return String(value)
  // Most texts are as they are to stand: one look at them is enough.
  return isSpecial.test(value) ? quoted(defused(value)) : value
}

const isSpecial = /[",\r\n]|^[=+\-@\t]/

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** A spreadsheet would take such a text for a formula, and run it. */
const defused = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
