import type { Store, StoredKey } from '../store/store.ts'
import { hashKey } from './key.ts'

/** How long a revoked key may go on working in a running collector. */
const refreshAfterMs = 1000

/** The keys in force: those of the configuration and those of the store, which is asked again as time passes. */
export class KeyRing {
  readonly #store: Pick<Store, 'keys'>
  readonly #configured: readonly StoredKey[]
  readonly #now: () => number
  /** By the hash of their text, which tells nobody in how far a guess was right. */
  #keys: ReadonlyMap<string, StoredKey>
  #loadedAt = Number.NEGATIVE_INFINITY
  /** All who ask while the store is asked wait for the same answer. */
  #loading: Promise<void> | undefined

  constructor(store: Pick<Store, 'keys'>, configured: readonly StoredKey[], now: () => number = Date.now) {
    this.#store = store
    this.#configured = configured
    this.#keys = byHash(configured)
    this.#now = now
  }

  /** The key with this text, revoked ones included; undefined when nobody knows it. */
  async find(text: string): Promise<StoredKey | undefined> {
    await this.#refresh()
    return this.#keys.get(hashKey(text))
  }

  /** Whether a page of this origin may use any of the write keys in force; the others are not for pages. */
  async allowsOrigin(origin: string): Promise<boolean> {
    await this.#refresh()
    return [...this.#keys.values()].some((key) => {
      return key.kind === 'write' && key.revokedAt === null && keyAllowsOrigin(key, origin)
    })
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
    this.#keys = byHash([...(await this.#store.keys()), ...this.#configured])
    this.#loadedAt = now
  }
}

const byHash = (keys: readonly StoredKey[]) => new Map(keys.map((key) => [key.hash, key]))

/** A key without a list of origins may be used from anywhere. */
export function keyAllowsOrigin(key: StoredKey, origin: string): boolean {
  return key.origins.length === 0 || key.origins.includes(origin)
}
