import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'

interface Secret {
  /** Its day in UTC, as `2026-01-31`. */
  day: string
  bytes: Buffer
}

/**
 * A random key for each day. What was computed with it can be compared within the day; when the day is over the key
 * is destroyed, and nobody can tell any more who stood behind it. It lies in a file of its own beside the database,
 * never in it, so that a restart does not make everybody new.
 */
export class DailySecret {
  readonly #file: string
  readonly #now: () => number
  readonly #onTrouble: (error: unknown) => void
  #secret: Secret | undefined

  /** @param onTrouble told when the file cannot be kept; the key then lives in memory alone */
  constructor(file: string, now: () => number, onTrouble: (error: unknown) => void) {
    this.#file = file
    this.#now = now
    this.#onTrouble = onTrouble
    this.#secret = this.#read()
    this.sweep()
  }

  /** HMAC-SHA-256 of the texts, under today's key. */
  hmac(...texts: readonly string[]): Buffer {
    return createHmac('sha256', this.#today().bytes).update(JSON.stringify(texts)).digest()
  }

  /** Destroys the key if its day is over. */
  sweep(): void {
    if (this.#secret?.day === dayOf(this.#now())) return
    this.#secret = undefined
    this.#keep(() => rmSync(this.#file, { force: true }))
  }

  #today(): Secret {
    this.sweep()
    if (!this.#secret) {
      const secret = { day: dayOf(this.#now()), bytes: randomBytes(32) }
      this.#secret = secret
      const text = `${secret.day} ${secret.bytes.toString('hex')}\n`
      this.#keep(() => writeFileSync(this.#file, text, { mode: 0o600, flag: 'wx' }))
    }
    return this.#secret
  }

  #read(): Secret | undefined {
    try {
      const [, day, hex] = /^(\d{4}-\d\d-\d\d) ([0-9a-f]{64})\n$/.exec(readFileSync(this.#file, 'latin1')) ?? []
      return day && hex ? { day, bytes: Buffer.from(hex, 'hex') } : undefined
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#onTrouble(error)
      return undefined
    }
  }

  #keep(change: () => void): void {
    try {
      change()
    } catch (error) {
      this.#onTrouble(error)
    }
  }
}

const dayOf = (now: number) => new Date(now).toISOString().slice(0, 10)
