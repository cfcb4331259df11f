import { BoundedMap } from '../bounded-map.ts'
import type { StoredKey } from '../store/store.ts'
import { HttpProblem } from './http-problem.ts'

/** So many events at once, and so many a second from then on. */
export interface Rate {
  perSecond: number
  burst: number
}

export interface RateOptions {
  /** Of one client that uses a write key; undefined: without bound. */
  client: Rate | undefined
  /** Of one key. */
  key: Rate | undefined
  /** Of one client that uses keys which nobody knows: each is one. */
  guesses: Rate | undefined
}

/** A page sends a few events a second, an office behind one address some dozens, all day long. */
export const defaultRates = {
  client: { perSecond: 50, burst: 10_000 },
  key: { perSecond: 5000, burst: 100_000 },
  // Enough for pages that still have an old key, behind one address.
  guesses: { perSecond: 1, burst: 100 },
} as const satisfies RateOptions

/** What a request is charged to. */
export interface Charge {
  /** Charges further events to it, once it is known how many there are. */
  add(events: number): void
  /** What is left, in the words of the IETF's RateLimit headers. */
  headers(): Record<string, string>
}

/** Clients and keys that are remembered; who was forgotten begins anew. */
const remembered = 100_000

/**
 * Charges events to the client and to the key that send them. A request is taken as long as one event is left, and its
 * further events are owed: how many there are is known only when its body was read.
 */
export class Rates {
  readonly #client: Buckets | undefined
  readonly #key: Buckets | undefined
  readonly #guesses: Buckets | undefined

  constructor({ client, key, guesses }: RateOptions, now: () => number) {
    this.#client = client && new Buckets('client', client, now)
    this.#key = key && new Buckets('key', key, now)
    this.#guesses = guesses && new Buckets('guesses', guesses, now)
  }

  /**
   * Charges one event.
   *
   * @param client null where nobody knows it, and for servers, which send for many
   * @throws {HttpProblem} `rate_limited`
   */
  charge(key: StoredKey, client: string | null): Charge {
    const buckets: Bucket[] = []
    if (this.#client && client !== null) buckets.push(this.#client.of(client))
    if (this.#key) buckets.push(this.#key.of(key.hash))
    refuseOver(buckets, 'more events than this collector takes at once')
    const headers = () => headersOf(buckets)
    const add = (events: number) => {
      for (const bucket of buckets) bucket.take(events)
    }
    add(1)
    return { add, headers }
  }

  /** @throws {HttpProblem} `rate_limited` when a client has used too many keys that nobody knows */
  refuseGuesser(client: string): void {
    const bucket = this.#guesses?.known(client)
    if (bucket) refuseOver([bucket], 'too many wrong keys came from this client')
  }

  chargeGuess(client: string): void {
    this.#guesses?.of(client).take(1)
  }
}

/** @throws {HttpProblem} `rate_limited` when one of them is empty */
function refuseOver(buckets: readonly Bucket[], what: string): void {
  const waitSeconds = Math.max(0, ...buckets.map((bucket) => bucket.secondsUntilOne()))
  if (waitSeconds === 0) return
  throw new HttpProblem('rate_limited', `${what}: send again in ${waitSeconds} s`, {
    headers: { ...headersOf(buckets), 'Retry-After': String(waitSeconds) },
  })
}

/** The buckets of one policy, each full of tokens at first. */
class Buckets {
  readonly #name: string
  readonly #rate: Rate
  readonly #now: () => number
  readonly #all = new BoundedMap<string, Bucket>(remembered)

  constructor(name: string, rate: Rate, now: () => number) {
    this.#name = name
    this.#rate = rate
    this.#now = now
  }

  of(owner: string): Bucket {
    const known = this.known(owner)
    if (known) return known
    const bucket = new Bucket(this.#name, this.#rate)
    this.#all.set(owner, bucket)
    bucket.refill(this.#now())
    return bucket
  }

  /** Undefined where its owner has taken nothing from it. */
  known(owner: string): Bucket | undefined {
    const bucket = this.#all.get(owner)
    bucket?.refill(this.#now())
    return bucket
  }
}

class Bucket {
  readonly policy: string
  readonly #name: string
  readonly #rate: Rate
  #tokens: number
  #filledAt = Number.NaN

  constructor(name: string, rate: Rate) {
    this.#name = name
    this.#rate = rate
    this.#tokens = rate.burst
    this.policy = `"${name}";q=${rate.burst};w=${Math.ceil(rate.burst / rate.perSecond)}`
  }

  /** A clock that steps back gives nothing, and takes nothing. */
  refill(now: number): void {
    const { perSecond, burst } = this.#rate
    if (now > this.#filledAt) this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond)
    this.#filledAt = now
  }

  take(events: number): void {
    this.#tokens -= events
  }

  /** Whole seconds; 0 when there is one. */
  secondsUntilOne(): number {
    return this.#tokens >= 1 ? 0 : Math.ceil((1 - this.#tokens) / this.#rate.perSecond)
  }

  get state(): string {
    const { perSecond, burst } = this.#rate
    const left = Math.max(0, Math.floor(this.#tokens))
    return `"${this.#name}";r=${left};t=${Math.ceil((burst - this.#tokens) / perSecond)}`
  }
}

/** As in draft-ietf-httpapi-ratelimit-headers: the quota and its window, what is left and when all of it is back. */
function headersOf(buckets: readonly Bucket[]): Record<string, string> {
  if (buckets.length === 0) return {}
  return {
    'RateLimit-Policy': buckets.map(({ policy }) => policy).join(', '),
    RateLimit: buckets.map(({ state }) => state).join(', '),
  }
}
