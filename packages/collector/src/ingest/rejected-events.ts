import { fitsBytes } from '@tallymark/schemas'
import type { NewRejectedEvent, Store } from '../store/store.ts'
import type { IngestRequest } from './draft.ts'
import type { EventResult } from './pipeline.ts'
import { strippedOfUrls } from './strip-urls.ts'

/** What is larger is named and counted, and cannot be replayed. */
const maxPayloadBytes = 8192
/** A flood of invalid events must not keep the writer from valid ones: so many at once, and then a pause. */
const maxWaiting = 500
const keepAfterMs = 500

/** Signed tokens and keys that somebody has put where they do not belong. */
const secrets = /eyJ[\w-]+\.[\w-]+\.[\w-]*|tm_(pub|sec|adm|act)_[\w-]+/g

/** Keeps invalid events, for the operator to see and to replay. Nobody waits for it, and it may lose some. */
export class RejectedEvents {
  readonly #store: Pick<Store, 'keepRejected'>
  readonly #onError: (error: unknown) => void
  #waiting: NewRejectedEvent[] = []
  #notKept = 0

  constructor(store: Pick<Store, 'keepRejected'>, onError: (error: unknown) => void) {
    this.#store = store
    this.#onError = onError
  }

  /** How many were too many since the start. */
  get notKept(): number {
    return this.#notKept
  }

  observe(events: readonly unknown[], results: readonly EventResult[], request: IngestRequest): void {
    for (const [index, result] of results.entries()) {
      if (!('rejection' in result)) continue
      if (this.#waiting.length >= maxWaiting) {
        this.#notKept++
        continue
      }
      if (this.#waiting.length === 0) setTimeout(() => this.#keep(), keepAfterMs).unref()
      const { code, detail, errors } = result.rejection
      this.#waiting.push({
        receivedAt: request.receivedAt,
        sender: request.clientKey ?? request.keyId,
        code,
        pointer: inEvent(errors?.[0]?.pointer ?? ''),
        detail: detail.replace(secrets, '[token]'),
        request: JSON.stringify(strippedOfUrls(request)).replace(secrets, '[token]'),
        payload: toPayload(events[index]),
      })
    }
  }

  /** Keeps at once what waits. */
  settle(): Promise<void> {
    return this.#keep()
  }

  async #keep(): Promise<void> {
    if (this.#waiting.length === 0) return
    const rejected = this.#waiting
    this.#waiting = []
    try {
      this.#notKept += rejected.length - (await this.#store.keepRejected(rejected))
    } catch (error) {
      this.#notKept += rejected.length
      this.#onError(error)
    }
  }
}

/** Where in the event, whichever of a batch it was: that is what many have in common. */
const inEvent = (pointer: string) => pointer.replace(/^\/events\/\d+/, '')

/** Null for what is too large, or nested more deeply than can be written. */
function toPayload(event: unknown): string | null {
  try {
    if (!fitsBytes(event, maxPayloadBytes)) return null
    const isObject = typeof event === 'object' && event !== null && !Array.isArray(event)
    const { userToken: _, ...fields } = isObject ? (event as Record<string, unknown>) : {}
    return JSON.stringify(isObject ? strippedOfUrls(fields) : event).replace(secrets, '[token]')
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
