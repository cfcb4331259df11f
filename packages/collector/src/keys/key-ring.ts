import { timingSafeEqual } from 'node:crypto'
import type { Store, StoredKey } from '../store/store.ts'
import { hashKey } from './key.ts'

/** How long a revoked key may go on working in a running collector. */
const refreshAfterMs = 1000

/** The keys in force: those of the configuration and those of the store, which is asked again as time passes. */
export class KeyRing {
  readonly #store: Pick<Store, 'keys'>
  /** Those of the configuration. */
  readonly configured: readonly StoredKey[]
  readonly #now: () => number
  #keys: readonly Known[]
  #loadedAt = Number.NEGATIVE_INFINITY
  /** All who ask while the store is asked wait for the same answer. */
  #loading: Promise<void> | undefined
  #changes = 0

  constructor(store: Pick<Store, 'keys'>, configured: readonly StoredKey[], now: () => number = Date.now) {
    this.#store = store
    this.configured = configured
    this.#keys = withDigests(configured)
    this.#now = now
  }

  /** The key with this text, revoked ones included; undefined when nobody knows it. */
  async find(text: string): Promise<StoredKey | undefined> {
    if (!this.#isFresh) await this.#refresh()
    const asked = Buffer.from(hashKey(text), 'hex')
    let found: StoredKey | undefined
    // Each is compared, whole and in constant time: how long it takes tells nobody in how far a guess was right.
    for (const { key, digest } of this.#keys) if (timingSafeEqual(digest, asked)) found = key
    return found
  }

  /** A key that was rotated goes on working for a while. */
  isRevoked(key: StoredKey): boolean {
    return key.revokedAt !== null && key.revokedAt <= this.#now()
  }

  /** The keys in the store have changed: whoever asks next gets an answer from the new ones. */
  changed(): void {
    this.#loadedAt = Number.NEGATIVE_INFINITY
    this.#loading = undefined
    this.#changes++
  }

  /** Whether a page of this origin may use any of the write keys in force; the others are not for pages. */
  async allowsOrigin(origin: string): Promise<boolean> {
    if (!this.#isFresh) await this.#refresh()
    return this.#keys.some(({ key }) => key.kind === 'write' && !this.isRevoked(key) && keyAllowsOrigin(key, origin))
  }

  get #isFresh(): boolean {
    return Math.abs(this.#now() - this.#loadedAt) < refreshAfterMs
  }

  async #refresh(): Promise<void> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined
    })
    await this.#loading
  }

  async #load(): Promise<void> {
    const [now, changes] = [this.#now(), this.#changes]
    const stored = await this.#store.keys()
    // What was read before a change must not pass for what there is after it.
    if (changes !== this.#changes) return
    this.#keys = withDigests([...stored, ...this.configured])
    this.#loadedAt = now
  }
}

/** A key, with the bytes of its hash. */
interface Known {
  key: StoredKey
  digest: Buffer
}

const withDigests = (keys: readonly StoredKey[]): Known[] =>
  keys.map((key) => ({ key, digest: Buffer.from(key.hash, 'hex') }))

/** A key without a list of origins may be used from anywhere. */
export function keyAllowsOrigin(key: StoredKey, origin: string): boolean {
  return key.origins.length === 0 || key.origins.includes(origin)
}
