import { batchSchema } from '@tallymark/schemas'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Consent } from './consent.ts'
import { createTracker } from './index.ts'
import { accept } from './testing/world.ts'
import type { Tracker } from './tracker-types.ts'

const complaints = vi.spyOn(console, 'error').mockImplementation(() => {})
const realIndexedDb = globalThis.indexedDB
const sent: { eventType: string; anonymousId?: string; context: object }[] = []
let site = 0
let tracker: Tracker

const localStorages: Record<string, () => void> = {
  ok() {},
  denied: () => void vi.spyOn(window, 'localStorage', 'get').mockImplementation(refuse),
  full: () => void vi.spyOn(Storage.prototype, 'setItem').mockImplementation(refuse),
}
const databases: Record<string, () => void> = {
  ok: () => useDatabase(new IDBFactory()),
  denied: () => useDatabase({ open: refuse, deleteDatabase: refuse }),
  hanging: () => useDatabase({ open: () => ({}), deleteDatabase: () => ({}) }),
}

function refuse(): never {
  throw new DOMException('The quota has been exceeded, or the user does not want it')
}

function useDatabase(factory: object): void {
  Object.defineProperty(globalThis, 'indexedDB', { value: factory, configurable: true, writable: true })
}

beforeEach(() => {
  sent.length = 0
  localStorage.clear()
  complaints.mockClear()
  vi.stubGlobal('fetch', async (request: Request | string, init?: RequestInit) => {
    const body = typeof request === 'string' ? String(init?.body) : await bodyOf(request)
    const batch = batchSchema.parse(JSON.parse(body))
    for (const event of batch.events as typeof sent)
      sent.push({ ...event, context: { ...batch.context, ...event.context } })
    return new Response(accept(batch as never).body)
  })
})
afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  useDatabase(realIndexedDb)
  complaints.mockImplementation(() => {})
  // All pages here share one window: this one must not go on into the next test.
  tracker.optOut()
  await vi.waitFor(() => expect(tracker.consent).toBe('denied'))
})

/** A long body comes compressed. */
async function bodyOf(request: Request): Promise<string> {
  const bytes = new Uint8Array(await request.arrayBuffer())
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b
  const stream = new Response(bytes).body
  return new Response(packed ? stream?.pipeThrough(new DecompressionStream('gzip')) : stream).text()
}

async function storedEvents(): Promise<number | undefined> {
  if (!('databases' in indexedDB)) return 0
  const databases = await indexedDB.databases()
  return databases.filter(({ name }) => name?.endsWith(` tm_pub_${site}`)).length
}

const consents: Consent[] = ['granted', 'denied', 'pending', 'cookieless']
const cases = consents.flatMap((consent) =>
  Object.keys(localStorages).flatMap((local) =>
    Object.keys(databases).map((database) => ({ consent, local, database })),
  ),
)

test.each(cases)('consent $consent, localStorage $local, IndexedDB $database', async ({ consent, local, database }) => {
  databases[database]?.()
  localStorages[local]?.()
  tracker = createTracker({
    endpoint: 'https://collect.example.com',
    writeKey: `tm_pub_${++site}`,
    trackBots: true,
    consent,
  })

  tracker.track('save')
  tracker.trackView({ type: 'project', id: 1 })
  await vi.waitFor(() => expect(tracker.consent).toBe(consent))
  await tracker.flush()
  window.dispatchEvent(new Event('pagehide'))
  await tracker.flush()

  const tracked = consent === 'granted' || consent === 'cookieless'
  await vi.waitFor(() => expect(new Set(sent.map(({ eventType }) => eventType)).size).toBe(tracked ? 2 : 0), 5_000)
  for (const event of sent) {
    expect(event.context).toHaveProperty('consent', consent)
    expect(event.anonymousId).toEqual(consent === 'granted' ? expect.any(String) : undefined)
  }
  // Requests of earlier tests may still be under way, each under the name of its own site.
  const mine = new RegExp(`^tallymark(\\.| .* tm_pub_${site}( |$))`)
  const keys = local === 'ok' ? Object.keys(localStorage).filter((key) => mine.test(key)) : []
  expect(keys.sort()).toEqual(
    consent === 'granted' && local === 'ok'
      ? expect.arrayContaining(['tallymark.anonymous_id', 'tallymark.session'])
      : [],
  )
  expect(await storedEvents()).toBe(consent === 'granted' && database === 'ok' ? 1 : 0)
  expect(complaints).not.toHaveBeenCalled()
})
