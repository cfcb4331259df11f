import { rowsToText, type TableFormat, tableHead } from '../../../row-text.ts'
import type { StreamName, StreamQuery, StreamRow, Streams } from '../../reads.ts'
import type { ReadContext } from '../reads/context.ts'
import { segmentMembers } from '../reads/segment.ts'
import { sequences } from './sequences.ts'
import { signals } from './signals.ts'

interface Table<Query, Row> {
  columns: readonly (keyof Row & string)[]
  /** Some at a time: one by one they would cost more than their reading. */
  rows(context: ReadContext, query: Query): Generator<Row[]>
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

/** A stream's rows as text, some at a time. */
export function* streamText<Name extends StreamName>(
  context: ReadContext,
  name: Name,
  query: StreamQuery<Name>,
  format: TableFormat,
): Generator<Uint8Array<ArrayBuffer>> {
  const { columns, rows } = streams[name]
  const bytes = new TextEncoder()
  yield bytes.encode(tableHead(columns, format))
  for (const some of rows(context, query)) yield bytes.encode(rowsToText(some, columns, format))
}
