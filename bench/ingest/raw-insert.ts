/**
 * What SQLite itself takes: one prepared INSERT in a loop, of rows as the collector's log has them, into a file as the
 * collector makes it, each transaction on the disk. `node bench/ingest/raw-insert.ts FILE SECONDS` tells its parent.
 */
import { createCollector } from '@tallymark/collector'
import Database from 'better-sqlite3'

export interface Inserted {
  events: number
  seconds: number
  cpuUs: number
}

/** As many as eight batches of 50. */
const groupRows = 400

const [file = '', seconds = '0'] = process.argv.slice(2)
await (await createCollector({ file, onError: console.error })).close()
const db = new Database(file)
db.pragma('synchronous = FULL')
db.pragma('cache_size = -32768')
db.pragma('wal_autocheckpoint = 4000')
db.pragma('foreign_keys = OFF')
const columns = {
  id: Buffer.alloc(16),
  trust: 0,
  received_at: 0,
  occurred_at: 0,
  type: 1,
  entity: 0,
  anonymous_id: Buffer.alloc(16, 'a'),
  session_id: Buffer.alloc(16, 's'),
  source: 2,
  surface: 3,
  position: 7,
  campaign: 4,
  arrival: '{"referrer":"https://example.com/"}',
  device: 5,
  page: 6n,
  channel: 7,
  agent: 8,
  country: 'NZ',
  props: 9n,
}
const names = Object.keys(columns)
const insert = db.prepare(
  `INSERT INTO event (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`,
)
const begin = Date.now()
let rows = 0
const insertGroup = db.transaction(() => {
  for (let n = 0; n < groupRows; n++) {
    const at = begin + rows / 40
    columns.id.writeUIntBE(Math.floor(at), 0, 6)
    columns.id.writeUInt32BE(rows++, 8)
    columns.received_at = columns.occurred_at = Math.floor(at)
    columns.entity = (rows * 7919) % 50_000
    insert.run(columns)
  }
}).immediate

const start = performance.now()
const before = process.cpuUsage()
while (performance.now() - start < Number(seconds) * 1000) insertGroup()
const { user, system } = process.cpuUsage(before)
const took = (performance.now() - start) / 1000
process.send?.({ events: rows, seconds: took, cpuUs: user + system } satisfies Inserted)
db.close()
