import { type Actor, type NewEntity, type NewEvent, type Outcome, outcomes, type StoredKey } from '../store.ts'
import type { Durability } from './connection.ts'
import type { DedupeWindows } from './dedupe.ts'

/** What the writer thread is started with. */
export interface WriterOptions {
  file: string
  durability: Durability
  /** Undefined: it takes no events, and may work beside a collector that does. */
  windows: DedupeWindows | undefined
  now: number
}

/** What the writer can be asked beside appending: the argument and the answer of each. */
export interface WriterCalls {
  putEntity: [entity: NewEntity, answer: undefined]
  addKey: [key: StoredKey, answer: undefined]
  revokeKey: [key: { id: string; revokedAt: number }, answer: boolean]
  /** Folds for at most so many milliseconds. Answers null when nothing is left, else up to when it is complete. */
  fold: [budgetMs: number, answer: number | null]
  verify: [nothing: null, answer: string[]]
  close: [nothing: null, answer: undefined]
}

export type WriterCall = {
  [Name in keyof WriterCalls]: { name: Name; argument: WriterCalls[Name][0] }
}[keyof WriterCalls]

/**
 * All that one tick of the main thread hands over: the events of several requests in one flat array of primitives,
 * which is cloned several times faster than objects.
 */
export interface AppendMessage {
  kind: 'append'
  id: number
  /** Events of each request. */
  sizes: number[]
  columns: Primitive[]
}

export type ToWriter = AppendMessage | ({ kind: 'call'; id: number } & WriterCall)

/** What happened to one request of an append: its outcomes as indexes of {@link outcomes}, or why it failed. */
export type AppendAnswer = Uint8Array | { error: WireStoreError }

export interface WireStoreError {
  code: 'unavailable' | 'unusable' | 'internal'
  message: string
}

export type FromWriter =
  | { kind: 'ready' }
  | { kind: 'refused'; error: WireStoreError }
  | { kind: 'appended'; id: number; answers: AppendAnswer[] }
  | { kind: 'answered'; id: number; answer: unknown }
  | { kind: 'failed'; id: number; error: WireStoreError }
  | { kind: 'foldFailed'; error: WireStoreError }

type Primitive = string | number | boolean | null

const width = 23

/** Lays an event behind the others in a flat array. */
export function pushEvent(columns: Primitive[], event: NewEvent): void {
  const { actor, dedupe } = event
  columns.push(
    event.id,
    event.trust,
    event.eventType,
    event.entityType,
    event.entityId,
    event.registered,
    actor?.id ?? null,
    actor?.type ?? null,
    actor?.traits ? JSON.stringify(actor.traits) : null,
    event.anonymousId,
    event.sessionId,
    event.source,
    event.surface,
    event.position,
    event.durationMs,
    event.completed,
    event.props,
    event.attribution,
    event.context,
    event.occurredAt,
    event.receivedAt,
    dedupe && `${dedupe.key}${dedupe.windowMs}`,
    event.expired,
  )
}

/** Reads the n-th event of a flat array. */
export function readEvent(columns: readonly Primitive[], n: number): NewEvent {
  const at = n * width
  const dedupe = columns[at + 21] as string | null
  return {
    id: columns[at] as string,
    trust: columns[at + 1] as NewEvent['trust'],
    eventType: columns[at + 2] as string,
    entityType: columns[at + 3] as string | null,
    entityId: columns[at + 4] as string | null,
    registered: columns[at + 5] as boolean,
    actor: readActor(columns, at + 6),
    anonymousId: columns[at + 9] as string | null,
    sessionId: columns[at + 10] as string | null,
    source: columns[at + 11] as string,
    surface: columns[at + 12] as string | null,
    position: columns[at + 13] as number | null,
    durationMs: columns[at + 14] as number | null,
    completed: columns[at + 15] as boolean | null,
    props: columns[at + 16] as string | null,
    attribution: columns[at + 17] as string | null,
    context: columns[at + 18] as string | null,
    occurredAt: columns[at + 19] as number,
    receivedAt: columns[at + 20] as number,
    dedupe: dedupe === null ? null : { key: dedupe.slice(0, 16), windowMs: Number(dedupe.slice(16)) },
    expired: columns[at + 22] as boolean,
  }
}

function readActor(columns: readonly Primitive[], at: number): Actor | null {
  const id = columns[at] as string | null
  if (id === null) return null
  const traits = columns[at + 2] as string | null
  return { id, type: columns[at + 1] as string | null, traits: traits === null ? null : JSON.parse(traits) }
}

export const encodeOutcomes = (list: readonly Outcome[]) => Uint8Array.from(list, (name) => outcomes.indexOf(name))

export const decodeOutcomes = (bytes: Uint8Array) => Array.from(bytes, (index) => outcomes[index] ?? 'stored')
