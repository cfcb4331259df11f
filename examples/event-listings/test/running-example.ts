import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { textOf } from '../../../packages/collector/src/store/sqlite/shared-texts.ts'
import { type RunningCollector, startCollector } from '../collector.ts'
import { type Site, startSite } from '../server.ts'

const writeKey = 'tm_pub_event_listings_test'
export const secretKey = 'tm_sec_event_listings_test'

/** How often each event type was stored of a listing. */
export type Stored = Record<string, number>

/** The example with a database of its own: the built collector in its process, and the site in this one. */
export interface RunningExample {
  site: Site
  /** The collector's address, whether or not it runs. */
  endpoint: string
  startCollector(): Promise<void>
  /** What `GET /v1/counts` says of a listing's saves. */
  saves(id: string): Promise<{ count: number; unique: number }>
  /** What the database file holds of a listing. */
  stored(id: string): Stored
  /** The props of the searches in the database file. */
  searches(): unknown[]
  stop(): Promise<void>
}

/** @param port where the collector is to be: one that is free, for a collector that starts later; 0 starts it now */
export async function startExample(port = 0): Promise<RunningExample> {
  const folder = await mkdtemp(join(tmpdir(), 'tallymark-listings-'))
  const file = join(folder, 'tallymark.db')
  let collector: RunningCollector | undefined
  const start = async () => {
    collector = await startCollector({ file, writeKey, secretKey, port, bots: 'keep' })
    return collector.url
  }
  const endpoint = port === 0 ? await start() : `http://127.0.0.1:${port}`
  const site = await startSite({ endpoint, writeKey, port: 0 })

  return {
    site,
    endpoint,
    async startCollector() {
      await start()
    },
    async saves(id) {
      const response = await fetch(`${endpoint}/v1/counts?key=${writeKey}&entityType=event&entityId=${id}`)
      const { counts } = await response.json()
      return counts[id].calendar_sync
    },
    stored(id) {
      const rows = query<{ type: string; count: number }>(
        file,
        `SELECT type.value AS type, count(*) AS count
         FROM event JOIN entity ON entity.id = event.entity JOIN dictionary AS type ON type.id = event.type
         WHERE entity.key = ? GROUP BY event.type`,
        id,
      )
      return Object.fromEntries(rows.map(({ type, count }) => [type, count]))
    },
    searches() {
      const select = `SELECT ${textOf('event.props')} AS props FROM event JOIN dictionary AS type ON type.id = event.type WHERE type.value = ?`
      return query<{ props: string }>(file, select, 'search').map(({ props }) => JSON.parse(props))
    },
    async stop() {
      await site.stop()
      await collector?.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Reads beside the collector, as SQLite's write-ahead log allows: only what is committed is seen. */
function query<Row>(file: string, select: string, value: string): Row[] {
  const db = new Database(file, { readonly: true })
  try {
    return db.prepare<[string], Row>(select).all(value)
  } finally {
    db.close()
  }
}
