import { timingSafeEqual } from 'node:crypto'
import type { Store, StoredKey } from '../store/store.ts'
import { hashKey } from './key.ts'

/** How long a revoked key may go on working in a running collector. */
const refreshAfterMs = 1000

/** The keys in force: those of the configuration and those of the store, which is asked again as time passes. */
export class KeyRing {
  readonly #store: Store
  readonly #configured: readonly StoredKey[]
  readonly #now: () => number
  #keys: readonly StoredKey[]
  #loadedAt = Number.NEGATIVE_INFINITY
  /** All who ask while the store is asked wait for the same answer. */
  #loading: Promise<void> | undefined
  /** Looking a text up costs a hash: the few that are in use are remembered. */
  #found = new Map<string, StoredKey>()

  constructor(store: Store, configured: readonly StoredKey[], now: () => number = Date.now) {
    this.#store = store
    this.#configured = configured
    this.#keys = configured
    this.#now = now
  }

  /** The key with this text, revoked ones included; undefined when nobody knows it. */
  async find(text: string): Promise<StoredKey | undefined> {
    await this.#refresh()
    const known = this.#found.get(text)
    if (known) return known
    const hash = Buffer.from(hashKey(text), 'hex')
    const key = this.#keys.find((candidate) => timingSafeEqual(Buffer.from(candidate.hash, 'hex'), hash))
    if (key) this.#found.set(text, key)
    return key
  }

  /** Whether a page of this origin may use any of the keys in force. */
  async allowsOrigin(origin: string): Promise<boolean> {
    await this.#refresh()
    return this.#keys.some((key) => key.revokedAt === null && keyAllowsOrigin(key, origin))
  }

  async #refresh(): Promise<void> {
    if (Math.abs(this.#now() - this.#loadedAt) < refreshAfterMs) return
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined
    })
    await this.#loading
  }

  async #load(): Promise<void> {
    const now = this.#now()
    this.#keys = [...this.#configured, ...(await this.#store.keys())]
    this.#found = new Map()
    this.#loadedAt = now
  }
}

/** A key without a list of origins may be used from anywhere. */
export function keyAllowsOrigin(key: StoredKey, origin: string): boolean {
  return key.origins.length === 0 || key.origins.includes(origin)
}
