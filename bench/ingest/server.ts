/**
 * A server under test, in a process of its own: `floor` parses the JSON of a request with Hono and forgets it, `checking`
 * also checks its events against the schema, `collector` is the real one. Tells its port; on a message, what it has used
 * so far, or how long it takes to fold what is pending.
 */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { type Collector, createCollector, loadAddressRanges, loadPlaces, toStoredKey } from '@tallymark/collector'
import { eventSchema, quickParser } from '@tallymark/schemas'
import Database from 'better-sqlite3'
import { Hono } from 'hono'
import { peakRssBytes } from '../peak-rss.ts'
import { plan } from '../reports/plan.ts'

export interface Usage {
  cpuUs: number
  peakRssBytes: number
  /** Rows of the log that the projections have not seen yet, and how many it has. */
  pending: number
  rows: number
}

const [kind, file = '', writeKey = '', adminKey = '', geoDb = '', ranges = ''] = process.argv.slice(2)

function forgetful(isGood: (event: unknown) => boolean): Hono {
  const answer = (events: number) =>
    events === 1 ? { tracked: true } : { total: events, successful: events, failed: 0 }
  const app = new Hono()
  app.post('/v1/track', async (c) => c.json(answer(1), isGood(await c.req.json()) ? 201 : 400))
  app.post('/v1/batch', async (c) => {
    const { events } = (await c.req.json()) as { events: unknown[] }
    return c.json(answer(events.length), events.every(isGood) ? 200 : 400)
  })
  return app
}

const parser = quickParser(eventSchema)
/** All of the load comes from one client, with one key. */
const rates = { client: undefined, key: undefined, guesses: undefined }

async function startCollector(): Promise<Collector> {
  const onError = (error: unknown) => {
    throw error
  }
  const files = { places: loadPlaces(geoDb), datacenters: loadAddressRanges(ranges) }
  const keys = [toStoredKey('write', writeKey, 0), toStoredKey('admin', adminKey, 0)]
  return createCollector({ file, plan, keys, ...files, rates, publicCap: 0, onError })
}

const collector = kind === 'collector' ? await startCollector() : undefined
const app = collector?.app ?? forgetful(kind === 'checking' ? (event) => parser.safeParse(event).success : () => true)
const server = createAdaptorServer({ fetch: app.fetch }) as Server
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))

function cpuUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

function countRows(): Pick<Usage, 'pending' | 'rows'> {
  if (!collector) return { pending: 0, rows: 0 }
  const db = new Database(file, { readonly: true })
  const rows = db.prepare<[], number>('SELECT coalesce(max(seq), 0) FROM event').pluck().get() ?? 0
  const seen = db.prepare<[], number>('SELECT coalesce(min(cursor), 0) FROM projection').pluck().get() ?? 0
  db.close()
  return { rows, pending: rows - seen }
}

process.on('message', async (message: 'usage' | 'fold') => {
  if (message === 'fold') {
    const [start, before] = [performance.now(), cpuUs()]
    await collector?.store.flush()
    process.send?.({ ms: performance.now() - start, cpuUs: cpuUs() - before })
    return
  }
  process.send?.({ cpuUs: cpuUs(), peakRssBytes: peakRssBytes(), ...countRows() } satisfies Usage)
})
