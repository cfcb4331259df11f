import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { NewEvent } from '@tallymark/collector'
import { install } from '../install.ts'
import { buildOnce } from './build-once.ts'
import { history } from './history.ts'
import { say } from './say.ts'
import { entities } from './site.ts'

const source = { name: '@duckdb/node-api', version: '1.5.6-r.1' }

/** What is used of the package, which is installed for the run alone. */
interface Package {
  DuckDBInstance: { create(file: string): Promise<{ connect(): Promise<Connection>; closeSync(): void }> }
}
interface Connection {
  run(sql: string): Promise<unknown>
  prepare(sql: string): Promise<{ runAndReadAll(): Promise<{ getRowObjectsJS(): Row[] }> }>
  closeSync(): void
}

export type Row = Record<string, unknown>

export interface DuckDb {
  name: string
  /** What is in use of its file. */
  bytes: number
  /** Prepares a statement; what comes back runs it. */
  prepare(sql: string): Promise<() => Promise<Row[]>>
  close(): void
}

/** The same history in DuckDB, as one table of events and one of entities. */
export async function openDuckDb(folder: string, events: number): Promise<DuckDb> {
  const { DuckDBInstance } = await load()
  const name = 'events.duckdb'
  await buildOnce(folder, async (building) => {
    const instance = await DuckDBInstance.create(join(building, name))
    const connection = await instance.connect()
    await fill(connection, building, events)
    connection.closeSync()
    instance.closeSync()
  })
  const instance = await DuckDBInstance.create(join(folder, name))
  const connection = await instance.connect()
  // Its instants are without a zone, and in UTC.
  await connection.run("SET TimeZone = 'UTC'")
  const sizeOf = await connection.prepare('SELECT used_blocks * block_size AS bytes FROM pragma_database_size()')
  // Not the file's, in which filling it has left blocks that are free.
  const [size] = (await sizeOf.runAndReadAll()).getRowObjectsJS()
  return {
    name: `DuckDB ${source.version}`,
    bytes: Number(size?.bytes),
    async prepare(sql) {
      const statement = await connection.prepare(sql)
      return async () => (await statement.runAndReadAll()).getRowObjectsJS()
    },
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

async function load(): Promise<Package> {
  const folder = await install('duckdb', source)
  const entry = createRequire(join(folder, 'package.json')).resolve(source.name)
  return (await import(pathToFileURL(entry).href)) as Package
}

/**
 * As somebody would lay it out who wants it read fast: numbers as numbers,
 * JSON taken apart, and the viewer worked out.
 */
async function fill(connection: Connection, folder: string, events: number): Promise<void> {
  await connection.run(`
    CREATE TABLE entity (entity_type VARCHAR, entity INTEGER, title VARCHAR, owner VARCHAR, published_at TIMESTAMP);
    CREATE TABLE event (
      id UUID, type VARCHAR, entity_type VARCHAR, entity INTEGER, viewer UBIGINT, actor VARCHAR, email VARCHAR,
      anonymous_id UUID, session UUID, source VARCHAR, surface VARCHAR, position INTEGER, duration_ms INTEGER,
      completed BOOLEAN, utm_source VARCHAR, utm_medium VARCHAR, utm_campaign VARCHAR, referrer VARCHAR,
      landing_page VARCHAR, path VARCHAR, title VARCHAR, locale VARCHAR, timezone VARCHAR, browser VARCHAR, os VARCHAR,
      device VARCHAR, country VARCHAR, region VARCHAR, channel VARCHAR, bot BOOLEAN, search VARCHAR, results INTEGER,
      filter VARCHAR, value VARCHAR, experiment VARCHAR, variant VARCHAR, occurred_at TIMESTAMP, received_at TIMESTAMP);`)
  const csv = join(folder, 'rows.csv')
  writeFileSync(csv, entities.map((e) => line([e.entityType, e.entityId, e.title, e.ownerId, e.publishedAt])).join(''))
  await connection.run(
    `INSERT INTO entity SELECT entity_type, entity, title, owner, epoch_ms(published_at) FROM ${readCsv(csv, {
      entity_type: 'VARCHAR',
      entity: 'INTEGER',
      title: 'VARCHAR',
      owner: 'VARCHAR',
      published_at: 'BIGINT',
    })}`,
  )
  let done = 0
  await connection.run('BEGIN')
  for (const day of history(events)) {
    writeFileSync(csv, day.map((event) => line(columns.map(([, , of]) => of(event)))).join(''))
    const types = Object.fromEntries(columns.map(([name, type]) => [name, type]))
    await connection.run(`INSERT INTO event ${transform} FROM ${readCsv(csv, types)}`)
    done += day.length
    if (Math.floor(done / 1e6) > Math.floor((done - day.length) / 1e6))
      say(`DuckDB: ${done / 1e6} M of ${events / 1e6} M`)
  }
  await connection.run('COMMIT')
  await connection.run('CHECKPOINT')
  rmSync(csv)
}

const columns: [name: string, type: string, of: (event: NewEvent) => string | number | boolean | null][] = [
  ['id', 'UUID', ({ id }) => id],
  ['type', 'VARCHAR', ({ eventType }) => eventType],
  ['entity_type', 'VARCHAR', ({ entityType }) => entityType],
  ['entity', 'INTEGER', ({ entityId }) => entityId],
  ['actor', 'VARCHAR', ({ actor }) => actor?.id ?? null],
  ['traits', 'VARCHAR', ({ actor }) => actor?.traits ?? null],
  ['anonymous_id', 'UUID', ({ anonymousId }) => anonymousId],
  ['session', 'UUID', ({ sessionId }) => sessionId],
  ['day_viewer', 'VARCHAR', ({ dayViewer }) => dayViewer],
  ['source', 'VARCHAR', ({ source }) => source],
  ['surface', 'VARCHAR', ({ surface }) => surface],
  ['position', 'INTEGER', ({ position }) => position],
  ['duration_ms', 'INTEGER', ({ durationMs }) => durationMs],
  ['completed', 'BOOLEAN', ({ completed }) => completed],
  ['campaign', 'VARCHAR', ({ campaign }) => campaign],
  ['arrival', 'VARCHAR', ({ arrival }) => arrival],
  ['page', 'VARCHAR', ({ page }) => page],
  ['device', 'VARCHAR', ({ device }) => device],
  ['agent', 'VARCHAR', ({ agent }) => agent],
  ['country', 'VARCHAR', ({ country }) => country],
  ['region', 'VARCHAR', ({ region }) => region],
  ['channel', 'VARCHAR', ({ channel }) => channel],
  ['bot', 'VARCHAR', ({ bot }) => bot],
  ['props', 'VARCHAR', ({ props }) => props],
  ['occurred_at', 'BIGINT', ({ occurredAt }) => occurredAt],
  ['received_at', 'BIGINT', ({ receivedAt }) => receivedAt],
]

const transform = `
  SELECT id, type, entity_type, entity,
    hash(coalesce('u' || actor, 'a' || anonymous_id, 'd' || day_viewer, 's' || session)),
    actor, traits->>'$.email', anonymous_id, session, source, surface, position, duration_ms, completed,
    campaign->>'$.utmSource', campaign->>'$.utmMedium', campaign->>'$.utmCampaign',
    arrival->>'$.referrer', arrival->>'$.landingPage', page->>'$.path', page->>'$.title',
    device->>'$.locale', device->>'$.timezone', agent->>'$.browser', agent->>'$.os', agent->>'$.device',
    country, region, channel, bot IS NOT NULL,
    props->>'$.query', (props->>'$.resultsCount')::INTEGER, props->>'$.filter', props->>'$.value',
    props->>'$.experiment', props->>'$.variant', epoch_ms(occurred_at), epoch_ms(received_at)`

function readCsv(file: string, types: Record<string, string>): string {
  const names = Object.entries(types).map(([name, type]) => `'${name}': '${type}'`)
  return `read_csv('${file}', header = false, auto_detect = false, delim = ',', quote = '"', escape = '"',
    nullstr = '', columns = {${names.join(', ')}})`
}

function line(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map((cell) => (typeof cell === 'string' ? `"${cell.replaceAll('"', '""')}"` : (cell ?? ''))).join(',')}\n`
}
