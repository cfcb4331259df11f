import type { Funnel } from '../reads.ts'
import {
  type Activation,
  type Actor,
  type Erased,
  type NewEntity,
  type NewEvent,
  type NewRejectedEvent,
  type Outcome,
  outcomes,
  type Person,
  type PreferenceChange,
  type RejectedQuery,
  type StoredKey,
  StoreError,
  type StoreErrorCode,
  type Worth,
} from '../store.ts'
import type { Durability } from './connection.ts'
import type { DedupeWindows } from './dedupe.ts'
import type { Found } from './eraser.ts'
import type { Past, PastPlan } from './facts/past-table.ts'
import type { Summary, SummaryPlan } from './facts/summaries.ts'
import type { FoldedPlan } from './projections/projection.ts'

/** Events in one transaction: more would let the first of them wait too long. */
export const maxGroupEvents = 2000

/** What the writer thread is started with. */
export interface WriterOptions {
  file: string
  durability: Durability
  /** Undefined: it takes no events, and may work beside a collector that does. */
  windows: DedupeWindows | undefined
  /** Events that count of one client, entity and type a day; 0: any number. */
  dailyCap: number
  /** Undefined: as the file was folded before. */
  plan: FoldedPlan | undefined
  /** That the plan declares; undefined: it is not known, and what was made of some stays. */
  funnels: readonly Funnel[] | undefined
  now: number
}

/** What the writer can be asked beside appending: the argument and the answer of each. */
export interface WriterCalls {
  putEntities: [entities: readonly NewEntity[], answer: undefined]
  deleteEntity: [which: { entityType: string; entityId: string }, answer: boolean]
  changePreference: [change: PreferenceChange, answer: number | 'full']
  addActivation: [what: { activation: Activation; entityMustBeRegistered: boolean }, answer: boolean]
  replaceActivation: [what: { was: Activation; activation: Activation }, answer: boolean]
  addKey: [key: StoredKey, answer: undefined]
  revokeKey: [key: { id: string; revokedAt: number }, answer: boolean]
  /** Folds for at most so many milliseconds. Answers null when nothing is left, else up to when it is complete. */
  fold: [budgetMs: number, answer: number | null]
  verify: [nothing: null, answer: string[]]
  /** Chooses the day that is most in need of a summary; null when none is. */
  planSummary: [worth: Worth, answer: SummaryPlan | null]
  /** Whether it was kept: not when the day was edited meanwhile. */
  keepSummary: [summary: { plan: SummaryPlan; data: Summary }, answer: boolean]
  /** Chooses the day before which it is to be known what viewers had done; null when nothing is missing. */
  planPast: [nothing: null, answer: PastPlan | null]
  /** Whether it was kept: not when one of its days was changed meanwhile. */
  keepPast: [past: { plan: PastPlan; data: Past }, answer: boolean]
  /** One step of computing all scores anew: those of the entities behind a number. */
  refreshScores: [after: number, answer: { scores: number; last: number | null }]
  probe: [nothing: null, answer: undefined]
  keepRejected: [rejected: readonly NewRejectedEvent[], answer: number]
  removeRejected: [ids: readonly number[], answer: number]
  purgeRejected: [which: Pick<RejectedQuery, 'code' | 'pointer'>, answer: number]
  keepErrors: [errors: readonly NewEvent[], answer: Outcome[]]
  purgeErrors: [nothing: null, answer: number]
  erase: [whom: { person: Person; found: Found; now: number }, answer: Erased]
  /** One step: rows received before `before`, where that is given, and what is kept for a time. */
  prune: [what: { before: number | null; now: number }, answer: { rows: number; isDone: boolean }]
  /** A run of them has ended. */
  pruned: [what: { at: number; events: number }, answer: undefined]
  setKeepDays: [keepDays: number | null, answer: undefined]
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
  fields: Primitive[]
}

export type ToWriter = AppendMessage | ({ kind: 'call'; id: number } & WriterCall)

/** What happened to one request of an append: its outcomes as indexes of {@link outcomes}, or why it failed. */
export type AppendAnswer = Uint8Array | { error: WireStoreError }

export interface AppendedMessage {
  id: number
  answers: AppendAnswer[]
}

export interface WireStoreError {
  code: StoreErrorCode
  message: string
}

export type FromWriter =
  | { kind: 'ready' }
  | { kind: 'refused'; error: WireStoreError }
  /** What became of the appends that were committed together. */
  | { kind: 'appended'; group: AppendedMessage[] }
  | { kind: 'answered'; id: number; answer: unknown }
  | { kind: 'failed'; id: number; error: WireStoreError }
  /** Something that no answer tells of. */
  | { kind: 'trouble'; error: WireStoreError }

type Primitive = string | number | boolean | null

/** Fields that one event takes in the flat array. */
const width = 33

/** Lays an event behind the others in a flat array; {@link readEvent} takes them up in the same order. */
export function pushEvent(fields: Primitive[], event: NewEvent): void {
  const { actor, dedupe } = event
  fields.push(
    event.id,
    event.trust,
    event.eventType,
    event.entityType,
    event.entityId,
    event.registered,
    actor?.id ?? null,
    actor?.type ?? null,
    actor?.traits ?? null,
    event.anonymousId,
    event.sessionId,
    event.dayViewer,
    event.clientKey,
    event.source,
    event.surface,
    event.position,
    event.durationMs,
    event.completed,
    event.props,
    event.campaign,
    event.arrival,
    event.device,
    event.page,
    event.channel,
    event.agent,
    event.country,
    event.region,
    event.bot,
    event.occurredAt,
    event.receivedAt,
    dedupe?.key ?? null,
    dedupe?.windowMs ?? null,
    event.expired,
  )
}

/** Reads the n-th event of a flat array. */
export function readEvent(fields: readonly Primitive[], n: number): NewEvent {
  let at = n * width
  const next = <T extends Primitive>() => fields[at++] as T
  return {
    id: next(),
    trust: next(),
    eventType: next(),
    entityType: next(),
    entityId: next(),
    registered: next(),
    actor: readActor(next(), next(), next()),
    anonymousId: next(),
    sessionId: next(),
    dayViewer: next(),
    clientKey: next(),
    source: next(),
    surface: next(),
    position: next(),
    durationMs: next(),
    completed: next(),
    props: next(),
    campaign: next(),
    arrival: next(),
    device: next(),
    page: next(),
    channel: next(),
    agent: next(),
    country: next(),
    region: next(),
    bot: next(),
    occurredAt: next(),
    receivedAt: next(),
    dedupe: readDedupe(next(), next()),
    expired: next(),
  }
}

function readActor(id: string | null, type: string | null, traits: string | null): Actor | null {
  return id === null ? null : { id, type, traits }
}

function readDedupe(key: string | null, windowMs: number): NewEvent['dedupe'] {
  return key === null ? null : { key, windowMs }
}

export const encodeOutcomes = (list: readonly Outcome[]) => Uint8Array.from(list, (name) => outcomes.indexOf(name))

export function decodeOutcomes(bytes: Uint8Array): Outcome[] {
  return Array.from(bytes, (index) => {
    const outcome = outcomes[index]
    if (!outcome) throw new StoreError('internal', `the writer gave an outcome that nobody knows: ${index}`)
    return outcome
  })
}
