import { rowsToText, type TableFormat, tableHead } from '../../../row-text.ts'
import type { StreamName, StreamQuery, StreamRow, Streams } from '../../reads.ts'
import type { ReadContext } from '../reads/context.ts'
import { segmentMembers } from '../reads/segment.ts'
import { sequences } from './sequences.ts'
import { signals } from './signals.ts'

interface Table<Query, Row> {
  columns: readonly (keyof Row & string)[]
  rows(context: ReadContext, query: Query): Generator<Row>
}

/** Every stream there is. */
const streams: { [Name in keyof Streams]: Table<StreamQuery<Name>, StreamRow<Name>> } = {
  segment: {
    columns: ['actorId', 'email', 'anonymousId', 'count', 'firstSeen', 'lastSeen'],
    rows: segmentMembers,
  },
  signals: {
    columns: [
      'viewer',
      'actorId',
      'anonymousId',
      'entityType',
      'entityId',
      'eventType',
      'count',
      'completions',
      'durationMs',
      'firstAt',
      'lastAt',
    ],
    rows: signals,
  },
  sequences: {
    columns: [
      'viewer',
      'actorId',
      'anonymousId',
      'sessionId',
      'occurredAt',
      'eventType',
      'entityType',
      'entityId',
      'surface',
      'source',
      'position',
      'durationMs',
      'completed',
    ],
    rows: sequences,
  },
}

/** Rows that are handed on at once: one by one they would cost more than their reading. */
const chunkRows = 1000

/** A stream's rows as text, some at a time. */
export function* streamText<Name extends StreamName>(
  context: ReadContext,
  name: Name,
  query: StreamQuery<Name>,
  format: TableFormat,
): Generator<Uint8Array<ArrayBuffer>> {
  const { columns, rows } = streams[name]
  const bytes = new TextEncoder()
  let head = tableHead(columns, format)
  let chunk: object[] = []
  for (const row of rows(context, query)) {
    if (chunk.push(row) < chunkRows) continue
    yield bytes.encode(head + rowsToText(chunk, columns, format))
    head = ''
    chunk = []
  }
  yield bytes.encode(head + rowsToText(chunk, columns, format))
}
