/** Fills a database with events that came before: `node bench/fill.ts FILE ROWS`. Every projection is brought up to date. */
import { createCollector, type NewEvent } from '@tallymark/collector'

const [file = '', rows = '0'] = process.argv.slice(2)
const chunk = 2000
const begin = Date.now() - 20 * 86_400_000

const uuid = (prefix: string, n: number) => `${prefix}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

/** Ids ordered in time, half a million visitors, 50 000 entities. */
function event(n: number): NewEvent {
  const at = begin + n * 800
  const time = at.toString(16).padStart(12, '0')
  return {
    id: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}`,
    trust: 'public',
    eventType: n % 3 === 0 ? 'view' : 'click',
    entityType: 'project',
    entityId: String((n * 7919) % 50_000),
    registered: false,
    actor: null,
    anonymousId: uuid('a0000000', (n * 104_729) % 500_000),
    sessionId: uuid('5e551000', Math.floor(n / 8)),
    dayViewer: null,
    clientKey: null,
    source: 'web',
    surface: 'explore_trending',
    position: n % 20,
    durationMs: null,
    completed: null,
    props: JSON.stringify({ label: 'open', experiment: 'ranking-2', variant: n % 2 ? 'b' : 'a', scrollDepth: n % 100 }),
    campaign: '{"utmSource":"newsletter","utmMedium":"email"}',
    arrival: null,
    device: '{"locale":"en-GB","timezone":"Europe/London"}',
    page: `{"path":"/projects/${n % 5000}"}`,
    channel: 'email',
    agent: '{"browser":"Chrome","os":"Windows","device":"desktop"}',
    country: 'GB',
    region: 'ENG',
    bot: n % 20 === 0 ? 'user_agent' : null,
    occurredAt: at,
    receivedAt: at,
    dedupe: null,
    expired: false,
  }
}

const { store, close } = await createCollector({
  file,
  durability: 'normal',
  onError: (error) => {
    throw error
  },
})
for (let n = 0; n < Number(rows); n += chunk) {
  await store.append(Array.from({ length: Math.min(chunk, Number(rows) - n) }, (_, index) => event(n + index)))
}
const isBehind = async () =>
  (await store.counts({ entityType: 'project', entityIds: [], eventTypes: [] })).asOf !== null
while (await isBehind());
await close()
