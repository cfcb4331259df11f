import type { Database } from 'better-sqlite3'
import { textOf } from './shared-texts.ts'
import { uuidText } from './uuid.ts'

/** A table that an export holds. */
interface ExportedTable {
  name: string
  order: string
  /** A query for what is taken in as its rows; unless it is given, they are its rows. */
  rows?: string
  /** Of columns whose table's own declaration does not say what they refer to. */
  refersTo?: Readonly<Record<string, string>>
}

/** Viewers that only frozen days had seen, whether pruning has come to them yet or not. */
const prunedViewers = `
  SELECT entity, type, sum(viewers) AS viewers FROM (
    SELECT entity, type, viewers FROM entity_pruned
    UNION ALL
    SELECT entity, type, count(DISTINCT viewer) FROM entity_day_viewer old
    WHERE day < (SELECT before_day FROM frozen) AND NOT EXISTS (
      SELECT 1 FROM entity_day_viewer WHERE (entity, type, viewer) = (old.entity, old.type, old.viewer)
        AND day >= (SELECT before_day FROM frozen))
    GROUP BY entity, type)
  GROUP BY entity, type`

/**
 * What an export holds, in the order in which it can be taken in again. Whatever else a database has is made from this:
 * dictionaries and viewers as rows come in, projections by folding the log.
 */
export const exportedTables: readonly ExportedTable[] = [
  { name: 'access_key', order: 'created_at, id' },
  { name: 'entity', order: 'id' },
  { name: 'actor', order: 'id' },
  { name: 'preference', order: 'actor, dimension, value' },
  { name: 'activation', order: 'id' },
  { name: 'event', order: 'seq' },
  { name: 'rejected_event', order: 'id' },
  { name: 'client_error', order: 'id' },
  { name: 'tombstone', order: 'hash' },
  // The numbers of frozen days are all that is left of their events.
  { name: 'frozen', order: 'id' },
  { name: 'retention', order: 'id' },
  {
    name: 'entity_day',
    rows: 'SELECT * FROM entity_day WHERE day < (SELECT before_day FROM frozen)',
    order: 'entity, type, day',
    refersTo: { entity: 'entity', type: 'dictionary' },
  },
  {
    name: 'frozen_fact',
    order: 'rowid',
    refersTo: {
      type: 'dictionary',
      entity: 'entity',
      surface: 'dictionary',
      source: 'dictionary',
      channel: 'dictionary',
      campaign: 'dictionary',
      agent: 'dictionary',
    },
  },
  { name: 'frozen_day_viewers', order: 'rowid', refersTo: { type: 'dictionary', entity_type: 'dictionary' } },
  { name: 'frozen_session_hour', order: 'hour' },
  { name: 'frozen_session', order: 'session_id' },
  { name: 'entity_pruned', rows: prunedViewers, order: 'entity, type' },
]

/** Numbers that mean something only inside one database. */
const surrogates = new Set([
  'entity.id',
  'actor.id',
  'event.seq',
  'frozen.id',
  'retention.id',
  'rejected_event.id',
  'client_error.id',
])

/** Columns whose names outside are other than their own in camel case. */
const publicNames: Readonly<Record<string, string>> = {
  'access_key.kind': 'keyKind',
  'entity.type': 'entityType',
  'entity.key': 'entityId',
  'actor.key': 'actorId',
  'activation.kind': 'activationKind',
  'actor.type': 'actorType',
  'client_error.actor': 'actorId',
  'event.type': 'eventType',
  'entity_day.type': 'eventType',
  'entity_pruned.type': 'eventType',
  'frozen_fact.type': 'eventType',
  'frozen_day_viewers.type': 'eventType',
}

const jsonColumns = new Set([
  'props',
  'campaign',
  'arrival',
  'device',
  'page',
  'traits',
  'metadata',
  'origins',
  'request',
  'payload',
])
const flagColumns = new Set(['completed', 'registered', 'private', 'over_cap'])

/** How a column's value stands in a line, and how it comes back. */
interface Codec {
  encode: (value: unknown) => unknown
  decode: (value: unknown) => unknown
}

const plain: Codec = { encode: (value) => value, decode: (value) => value }
const json: Codec = { encode: (value) => JSON.parse(String(value)), decode: (value) => JSON.stringify(value) }
const flag: Codec = { encode: (value) => value === 1, decode: (value) => Number(value) }
const bytes: Codec = {
  encode: (value) => toText(value as Buffer),
  decode: (value) => Buffer.from(String(value).replaceAll('-', ''), 'hex'),
}

/** An id of 16 bytes as a UUID, anything else as hexadecimal digits. */
const toText = (blob: Buffer) => (blob.length === 16 ? uuidText(blob) : blob.toString('hex'))

/** Referred to by columns whose text stands in their own row, or in the dictionary. */
export const sharedText = 'shared text'

/** One column: its fields in a line, what reads them, and what it refers to. */
export interface Column {
  name: string
  /** An entity takes two fields, its type and its id; everything else one. */
  fields: readonly string[]
  /** Reads each of the fields, from the row `t`. */
  reads: readonly string[]
  refersTo: string | undefined
  codec: Codec
}

const readDictionary = (column: string) => `(SELECT value FROM dictionary WHERE id = t.${column})`

/** The columns of a table as the database itself declares them, so that a new one is never left out. */
export function columnsOf(db: Database, { name: table, refersTo: said = {} }: ExportedTable): Column[] {
  const declared = db.pragma(`table_info(${table})`) as { name: string; type: string }[]
  const references = db.pragma(`foreign_key_list(${table})`) as { from: string; table: string }[]
  const refersTo = new Map([...Object.entries(said), ...references.map((each) => [each.from, each.table] as const)])
  return declared
    .filter(({ name }) => !surrogates.has(`${table}.${name}`))
    .map(({ name, type }) => describe(table, name, type, type === 'ANY' ? sharedText : refersTo.get(name)))
}

function describe(table: string, name: string, type: string, refersTo: string | undefined): Column {
  const codec = jsonColumns.has(name) ? json : flagColumns.has(name) ? flag : type === 'BLOB' ? bytes : plain
  const field = publicNames[`${table}.${name}`] ?? camelCase(name)
  const column = { name, refersTo, codec }
  switch (refersTo) {
    case 'dictionary':
      return { ...column, fields: [field], reads: [readDictionary(name)] }
    case sharedText:
      return { ...column, fields: [field], reads: [textOf(`t.${name}`)] }
    case 'actor':
      return { ...column, fields: ['actorId'], reads: [`(SELECT key FROM actor WHERE id = t.${name})`] }
    case 'entity': {
      const type = `(SELECT d.value FROM entity e JOIN dictionary d ON d.id = e.type WHERE e.id = t.${name})`
      return {
        ...column,
        fields: ['entityType', 'entityId'],
        reads: [type, `(SELECT key FROM entity WHERE id = t.${name})`],
      }
    }
    default:
      return { ...column, fields: [field], reads: [`t.${name}`] }
  }
}

const camelCase = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
