import type { Attribution, CompiledEvent, CompiledPlan, Context, EventInput, Rejection } from '@tallymark/schemas'
import type { Actor, NewEvent, Trust } from '../store/store.ts'
import type { Channel } from './channel-hosts.ts'
import type { Client } from './client.ts'

/** What all events of one request share. Instants are milliseconds since the epoch. */
export interface IngestRequest {
  receivedAt: number
  /** When the client says it sent the request. */
  sentAt?: number
  trust: Trust
  /** The key that was used, by its id. */
  keyId: string
  /** Names the client for today; null for servers, which send for many, and where nobody knows the address. */
  clientKey: string | null
  /** From the request's user token. */
  actor: Actor | null
  /** The visitor's browser; null for a server's call, which tells nothing of it. */
  client: Client | null
  /** Of the batch: for the events that have none of their own. */
  attribution?: Attribution
  context?: Context
}

/** An event on its way through the pipeline: as it was sent, and what the steps make of it. */
export interface Draft {
  /** The client's idempotency key, else one made here. */
  readonly id: string
  readonly event: EventInput
  readonly declaration: CompiledEvent
  readonly plan: CompiledPlan
  readonly request: IngestRequest
  /** Where it stands in the request's body: `/events/3`, or nothing. */
  readonly pointer: string
  actor: Actor | null
  occurredAt: number
  attribution: Attribution | undefined
  context: Context | undefined
  channel: Channel | null
  /** Why it may come from a bot; null: it does not look like it. */
  bot: string | null
  dayViewer: string | null
  dedupe: NewEvent['dedupe']
  /** Why its time is out of bounds. It is answered only if the event is not known yet: a retry is a duplicate. */
  outOfTime: Rejection | undefined
}

/** One step of the pipeline: completes the draft, or says why the event is refused. */
export type Step = (draft: Draft) => Rejection | undefined
