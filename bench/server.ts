/**
 * A server under test, in a process of its own: `floor` parses the JSON of a request with Hono and forgets it,
 * `collector` is the real one. Tells its port, and on a message what it has used so far.
 */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { createCollector, loadAddressRanges, loadPlaces, toStoredKey } from '@tallymark/collector'
import { Hono } from 'hono'

export interface Usage {
  cpuUs: number
  peakRssBytes: number
}

const [kind, file = '', key = '', geoDb = '', ranges = ''] = process.argv.slice(2)

function floor(): Hono {
  const answer = (events: number) =>
    events === 1 ? { tracked: true } : { total: events, successful: events, failed: 0 }
  const app = new Hono()
  app.post('/v1/track', async (c) => c.json((await c.req.json()) && answer(1), 201))
  app.post('/v1/batch', async (c) => c.json(answer(((await c.req.json()) as { events: unknown[] }).events.length)))
  return app
}

/** All of the load comes from one client, with one key. */
const rates = { client: undefined, key: undefined, guesses: undefined }

async function collector(): Promise<Hono> {
  const onError = (error: unknown) => {
    throw error
  }
  const files = { places: loadPlaces(geoDb), datacenters: loadAddressRanges(ranges) }
  const keys = [toStoredKey('write', key, 0)]
  return (await createCollector({ file, keys, ...files, rates, publicCap: 0, onError })).app
}

const app = kind === 'floor' ? floor() : await collector()
const server = createAdaptorServer({ fetch: app.fetch }) as Server
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  const usage: Usage = { cpuUs: user + system, peakRssBytes: process.resourceUsage().maxRSS * 1024 }
  process.send?.(usage)
})
