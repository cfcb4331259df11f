/**
 * The collector on a built file, in a process of its own, its clock standing at the history's end. Tells its port; on a
 * message it asks itself, without a socket, or its store, and tells how long that took, or how much memory it has had.
 */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { createCollector, toStoredKey } from '@tallymark/collector'
import { peakRssBytes } from '../peak-rss.ts'
import { type Asked, toRequest } from './ask.ts'
import { plan } from './plan.ts'
import { now } from './site.ts'

const [file = '', adminKey = '', writeKey = ''] = process.argv.slice(2)
const { app, store, close } = await createCollector({
  file,
  plan,
  keys: [toStoredKey('admin', adminKey, 0), toStoredKey('write', writeKey, 0)],
  rates: { client: undefined, key: undefined, guesses: undefined },
  publicCap: 0,
  onError: (error) => {
    throw error
  },
  now: () => now,
})

const server = createAdaptorServer({ fetch: app.fetch }) as Server
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', async (asked: Asked | 'memory') => {
  if (asked === 'memory') {
    process.send?.({ peakRssBytes: peakRssBytes() })
    return
  }
  const start = performance.now()
  if (asked.counts) await store.counts(asked.counts)
  else await (await app.request(asked.path, toRequest(asked, adminKey))).arrayBuffer()
  process.send?.({ ms: performance.now() - start })
})
process.on('disconnect', async () => {
  server.close()
  await close()
  process.exit()
})
