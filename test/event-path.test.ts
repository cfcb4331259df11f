/**
 * Read this one first: an event's whole way through real parts. The SDK in a page, the collector behind a real socket,
 * an SQLite file, and the number that the page shows. docs/event-path.md names the files on the way.
 */
import { textOf } from '../packages/collector/src/store/sqlite/shared-texts.ts'
import 'fake-indexeddb/auto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import { createCollector, makeKeyText, toStoredKey } from '@tallymark/collector'
import { createTracker } from '@tallymark/sdk'
import Database from 'better-sqlite3'
import { Window } from 'happy-dom'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { plan } from '../examples/event-listings/plan.ts'

const writeKey = makeKeyText('write')
let folder: string
let file: string
let endpoint: string
let stop: () => Promise<void>

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallymark-event-path-'))
  file = join(folder, 'tallymark.db')
  const onError = (error: unknown) => {
    throw error
  }
  const keys = [toStoredKey('write', writeKey, 0)]
  // This page is no browser, and says so.
  const collector = await createCollector({ file, plan, keys, bots: 'keep', onError })
  const server = createAdaptorServer({ fetch: collector.app.fetch }) as Server
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await collector.close()
  }
})

afterEach(async () => {
  vi.unstubAllGlobals()
  await stop()
  rmSync(folder, { recursive: true })
})

test('a click in a page becomes a committed row, and a number on that page', async () => {
  openPage('https://listings.example/?utm_source=newsletter&token=secret')
  const tracker = createTracker<typeof plan>({ endpoint, writeKey, trackBots: true })

  tracker.track('calendar_sync', { entity: { type: 'event', id: 'e-1' } })
  await tracker.flush()

  expect(rows()).toEqual([
    {
      type: 'calendar_sync',
      entity: 'e-1',
      campaign: { utmSource: 'newsletter' },
      arrival: { landingPage: 'https://listings.example/?utm_source=newsletter' },
    },
  ])
  expect(await peopleWhoSaved('e-1')).toEqual({ count: 1, unique: 1 })
})

test('an event that could not be sent is sent by the next page, and is stored once', async () => {
  openPage('https://listings.example/')
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('the network is down')))
  const offline = createTracker<typeof plan>({ endpoint, writeKey, trackBots: true })
  offline.track('calendar_sync', { entity: { type: 'event', id: 'e-1' } })
  await offline.flush()
  expect(rows()).toEqual([])

  openPage('https://listings.example/')
  const online = createTracker<typeof plan>({ endpoint, writeKey, trackBots: true })
  await online.flush()
  await online.flush()
  expect(rows()).toHaveLength(1)
  expect(await peopleWhoSaved('e-1')).toEqual({ count: 1, unique: 1 })
})

test('one visitor who saves twice is counted twice, and is one person', async () => {
  openPage('https://listings.example/')
  const tracker = createTracker<typeof plan>({ endpoint, writeKey, trackBots: true })
  tracker.track('calendar_sync', { entity: { type: 'event', id: 'e-1' } })
  tracker.track('calendar_sync', { entity: { type: 'event', id: 'e-1' } })
  await tracker.flush()
  expect(await peopleWhoSaved('e-1')).toEqual({ count: 2, unique: 1 })
})

/** A page as the SDK sees it, with Node's own network. What an earlier page left in IndexedDB is still there. */
function openPage(url: string): void {
  vi.unstubAllGlobals()
  const window = new Window({ url })
  const { document, location, localStorage, navigator, screen } = window
  const addEventListener = window.addEventListener.bind(window)
  const globals = { window, document, location, localStorage, navigator, screen, addEventListener }
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
}

/** What stands in the file, read by a connection that is not the collector's. */
function rows(): unknown[] {
  const db = new Database(file, { readonly: true })
  const found = db
    .prepare<[], { type: string; entity: string; campaign: string | null; arrival: string }>(`
      SELECT type.value AS type, entity.key AS entity, campaign.value AS campaign, ${textOf('event.arrival')} AS arrival
      FROM event
      JOIN dictionary type ON type.id = event.type
      JOIN entity ON entity.id = event.entity
      LEFT JOIN dictionary campaign ON campaign.id = event.campaign
      ORDER BY seq`)
    .all()
  db.close()
  return found.map((row) => ({ ...row, campaign: JSON.parse(row.campaign ?? '{}'), arrival: JSON.parse(row.arrival) }))
}

async function peopleWhoSaved(entityId: string): Promise<unknown> {
  const response = await fetch(`${endpoint}/v1/counts?entityType=event&entityId=${entityId}&key=${writeKey}`)
  const { counts } = (await response.json()) as { counts: Record<string, Record<string, unknown>> }
  return counts[entityId]?.calendar_sync
}
