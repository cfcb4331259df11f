import { createHash } from 'node:crypto'

/** What became of a listing so far: how many opened it, and how many of those went on. */
interface Facts {
  opened: number
  tickets: number
  saved: number
}

export const history = {
  'blue-hour-quartet': { opened: 152, tickets: 41, saved: 96 },
  'lantern-yard-market': { opened: 118, tickets: 12, saved: 61 },
  'tide-and-thunder': { opened: 74, tickets: 27, saved: 34 },
  'paper-planets': { opened: 33, tickets: 9, saved: 12 },
  'the-last-reel': { opened: 15, tickets: 2, saved: 1 },
  'open-studio-mosaic': { opened: 6, tickets: 1, saved: 0 },
} satisfies Record<string, Facts>

const spanMs = 21 * 86_400_000
const maxBatchEvents = 50

/**
 * Sends three weeks of history as a server may, with the secret key. Every event has an id of its own that never
 * changes, so a second run stores nothing.
 */
export async function seed(endpoint: string, secretKey: string, now = Date.now()): Promise<{ stored: number }> {
  const events = Object.entries(history).flatMap(([id, facts]) => visits(id, facts, now))
  let stored = 0
  for (let start = 0; start < events.length; start += maxBatchEvents) {
    const response = await fetch(`${endpoint}/v1/batch`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${secretKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ events: events.slice(start, start + maxBatchEvents) }),
    })
    const answer = await response.json()
    if (!response.ok || answer.failed > 0) throw new Error(`The history was refused: ${JSON.stringify(answer)}`)
    stored += answer.results.filter(({ data }: { data: { tracked: boolean } }) => data.tracked).length
  }
  return { stored }
}

/** One visit for each who opened the listing; some of them went for tickets, some saved it. */
function visits(entityId: string, { opened, tickets, saved }: Facts, now: number) {
  return Array.from({ length: opened }, (_, visit) => {
    const name = `${entityId} ${visit}`
    // More of it lately than long ago, and the last of it ten minutes ago.
    const openedAt = now - 600_000 - spanMs * fraction(name) ** 1.6
    const steps = [
      { eventType: 'click', afterMs: 0 },
      ...(visit < saved ? [{ eventType: 'calendar_sync', afterMs: 25_000 }] : []),
      ...(visit >= opened - tickets ? [{ eventType: 'outbound_click', afterMs: 40_000 }] : []),
    ]
    return steps.map(({ eventType, afterMs }) => ({
      eventType,
      entityType: 'event',
      entityId,
      anonymousId: uuid(`visitor ${name}`),
      sessionId: uuid(`session ${name}`),
      occurredAt: Math.round(openedAt + afterMs),
      idempotencyKey: uuid(`${eventType} ${name}`),
    }))
  }).flat()
}

const digest = (name: string) => createHash('sha256').update(`event-listings ${name}`).digest()

/** Between 0 and 1, always the same for a name. */
const fraction = (name: string) => digest(name).readUInt32BE() / 2 ** 32

/** The UUID of a name: version 8, which leaves its bits to the maker (RFC 9562). */
function uuid(name: string): string {
  const hex = digest(name).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
