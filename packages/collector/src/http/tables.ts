import { Readable } from 'node:stream'
import type { Context } from 'hono'
import { rowsAtOnce, rowsToText, type TableFormat, tableFormats, tableHead } from '../row-text.ts'
import type { OnError } from './observe.ts'

export const formats = ['json', ...tableFormats] as const
export type Format = (typeof formats)[number]

const mediaTypes: Record<TableFormat, string> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
}

/**
 * Answers rows as CSV (RFC 4180) or as lines of JSON, some at a time.
 *
 * @param columns of CSV; default: those of the first row
 */
export function sendRows(
  c: Context,
  rows: readonly object[],
  format: TableFormat,
  headers: Readonly<Record<string, string>>,
  columns: readonly string[] = Object.keys(rows[0] ?? {}),
): Response {
  const all = { 'Content-Type': mediaTypes[format], ...headers }
  if (rows.length <= rowsAtOnce) {
    return c.body(tableHead(columns, format) + rowsToText(rows, columns, format), 200, all)
  }
  return c.body(toBody(inChunks(rows, columns, format)), 200, all)
}

/** Answers a table that comes in chunks, as fast as it is taken; one that fails half-way is cut off, and not ended. */
export function sendTable(
  c: Context,
  chunks: AsyncIterable<Uint8Array>,
  format: TableFormat,
  onError: OnError,
  headers: Readonly<Record<string, string>>,
): Response {
  const all = { 'Content-Type': mediaTypes[format], ...headers }
  // What has begun waits until it is taken: of an answer's head alone nobody would ever take the rows.
  if (c.req.method === 'HEAD') return c.body(null, 200, all)
  return c.body(toBody(telling(onError, chunks)), 200, all)
}

/** No further ahead of the client than by one chunk. */
const toBody = (chunks: AsyncIterable<Uint8Array>) =>
  Readable.toWeb(Readable.from(chunks, { highWaterMark: 1 })) as ReadableStream<Uint8Array>

/** Tells of what fails in the chunks. What ends them from outside is a client that has gone, and nobody's fault. */
async function* telling(onError: OnError, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  const next = () =>
    iterator.next().catch((error) => {
      onError(error)
      throw error
    })
  try {
    for (let chunk = await next(); !chunk.done; chunk = await next()) yield chunk.value
  } finally {
    await iterator.return?.()
  }
}

async function* inChunks(rows: readonly object[], columns: readonly string[], format: TableFormat) {
  const bytes = new TextEncoder()
  yield bytes.encode(tableHead(columns, format))
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    yield bytes.encode(rowsToText(rows.slice(from, from + rowsAtOnce), columns, format))
    await new Promise((resolve) => setImmediate(resolve))
  }
}
