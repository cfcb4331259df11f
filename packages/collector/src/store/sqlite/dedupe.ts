import type { Database } from 'better-sqlite3'
import { type WindowKey, WindowTable } from './window-table.ts'

const minRememberedMs = 15 * 60_000
const refillChunk = 1000

/** Which dedupe windows the rows of the log were stored under: by event type, and for types without a rule. */
export interface DedupeWindows {
  byType: Readonly<Record<string, number>>
  fallbackMs: number
}

interface Pending extends WindowKey {
  occurredAt: number
  windowMs: number
  receivedAt: number
}

/**
 * Decides whether an event is the same again by its plan's window. What a running transaction stores is pending: it
 * counts within the transaction at once, and for the others once {@link Dedupe.committed} was called.
 */
export class Dedupe {
  readonly #table: WindowTable
  #pending: Pending[] = []
  #pendingByKey = new Map<string, Pending[]>()

  constructor(table = new WindowTable()) {
    this.#table = table
  }

  get forgotten(): number {
    return this.#table.forgotten
  }

  /** Whether the event is a repeat; if it is not, it is remembered as pending. */
  isRepeat(key: string, occurredAt: number, windowMs: number, receivedAt: number): boolean {
    const parsed = parseKey(key)
    const near = this.#pendingByKey.get(key)
    const isRemembered = (other: Pending) => other.receivedAt + rememberedMs(windowMs) > receivedAt
    if (near?.some((other) => isRemembered(other) && Math.abs(other.occurredAt - occurredAt) < windowMs)) return true
    if (this.#table.has(parsed, occurredAt, windowMs, receivedAt)) return true
    const pending = { ...parsed, occurredAt, windowMs, receivedAt }
    this.#pending.push(pending)
    if (near) near.push(pending)
    else this.#pendingByKey.set(key, [pending])
    return false
  }

  committed(): void {
    for (const entry of this.#pending) this.#remember(entry)
    this.rolledBack()
  }

  rolledBack(): void {
    if (this.#pending.length === 0) return
    this.#pending = []
    this.#pendingByKey = new Map()
  }

  /** Remembers again what the log received lately: after a restart the windows hold as before. */
  refill(db: Database, windows: DedupeWindows, now: number): void {
    // A map: an event type may be called `constructor`.
    const windowOf = new Map(Object.entries(windows.byType))
    const longest = Math.max(minRememberedMs, windows.fallbackMs, ...Object.values(windows.byType))
    const read = db.prepare<[number], LogRow>(`
      SELECT seq, received_at AS receivedAt, occurred_at AS occurredAt, dedupe_key AS key, d.value AS type
      FROM event JOIN dictionary d ON d.id = event.type
      WHERE seq < ? ORDER BY seq DESC LIMIT ${refillChunk}`)
    for (let before = Number.MAX_SAFE_INTEGER; !this.#table.full; ) {
      const rows = read.all(before)
      // The clock may have stepped back within a chunk, so only a chunk that is too old as a whole ends the search.
      if (!rows.some((row) => row.receivedAt > now - longest)) return
      before = rows.at(-1)?.seq ?? 0
      for (const row of rows) {
        if (row.key === null) continue
        const windowMs = windowOf.get(row.type) ?? windows.fallbackMs
        if (row.receivedAt + rememberedMs(windowMs) <= now) continue
        const key = { high: row.key.readUInt32BE(0), low: row.key.readUInt32BE(4) }
        this.#remember({ ...key, occurredAt: row.occurredAt, windowMs, receivedAt: row.receivedAt })
      }
    }
  }

  #remember({ high, low, occurredAt, windowMs, receivedAt }: Pending): void {
    this.#table.add({ high, low, occurredAt, windowMs, expiresAt: receivedAt + rememberedMs(windowMs) }, receivedAt)
  }
}

interface LogRow {
  seq: number
  receivedAt: number
  occurredAt: number
  key: Buffer | null
  type: string
}

/** Keys are kept for the last quarter of an hour, or for the window where that is longer. */
const rememberedMs = (windowMs: number) => Math.max(minRememberedMs, windowMs)

const parseKey = (key: string): WindowKey => ({
  high: Number.parseInt(key.slice(0, 8), 16),
  low: Number.parseInt(key.slice(8), 16),
})
