import type { Consent } from './consent.ts'
import type { SetTimer } from './debounce.ts'
import type { Drop, DropCounts } from './drops.ts'
import type { EventOptions, MadeEvent } from './event.ts'
import type { EventCounts } from './flush-result.ts'
import type { RareDelivery } from './flusher.ts'
import type { AnonymousIdentity } from './identity.ts'
import type { defaults, Settings } from './options.ts'
import type { Outbox } from './outbox.ts'
import type { Page } from './page.ts'
import type { QueuedEvent } from './queued-event.ts'
import type { Sessions } from './session.ts'
import type { Session } from './session-rules.ts'
import type { KeyValue } from './storage.ts'
import type { Attribution } from './tracked-event.ts'
import type { User } from './user-token.ts'

/** What a visitor who agreed to something has, until they agree to something else. */
export interface Visit extends Outbox {
  sessions: Sessions
  /** Nobody has one without storage. */
  anonymous: AnonymousIdentity | undefined
}

/** The part of the SDK that most pages never need. It is loaded when something in it is. */
export interface Extras extends RareDelivery {
  /** Says what is wrong with options, by what they should look like. */
  explainOptions(given: unknown, like: typeof defaults, say: (sentence: string) => void): void
  /** Does what the visitor's consent asks for, where it is not simply given. */
  followConsent(core: Core): Promise<void>
  /** Removes what is known of a visitor; answers whether everything is gone. */
  forgetMe(core: Core, userToken: string | undefined): Promise<boolean>
  /** Replaces a user's token in time. */
  keepFresh(core: Core, refresh: () => Promise<string>, signIn: (userToken: string) => void): void
}

/** What all parts of a tracker know of the outside world. */
export interface Surroundings {
  now(): number
  /** A UUID v7: unique, and in the order in which they are made. */
  newId(): string
  setTimer: SetTimer
  page: Page
  storage: KeyValue
}

/**
 * A tracker from within: what every page needs of it. All that a page may do without is a function that takes a core,
 * so that a bundler leaves out what is not imported.
 */
export interface Core {
  readonly settings: Settings
  readonly edges: Surroundings
  readonly counts: EventCounts
  readonly drops: DropCounts
  readonly drop: Drop
  report(sentence: string, cause?: unknown): void
  /** How the visitor came to this page. */
  arrival: Attribution
  /** What the visitor chose on this page; undefined when they did not. */
  choice?: Consent
  /** What is done at present. */
  consent: Consent
  /** Undefined while nothing may be recorded, or not yet. */
  readonly visit: Visit | undefined
  /** Visits that are over, but still have events. */
  readonly ended: Visit[]
  /** Events that were made while there was no visit. */
  readonly held: QueuedEvent[]
  /** Who is signed in. */
  user?: User | undefined
  /** Finds out what may be done, if that has not happened yet: it happens by itself right after the set-up. */
  begin(): Core
  /** Is replaced where nothing may be recorded. */
  record(eventType: string, options?: EventOptions): void
  /** Gives an event what a visit gives it, and lets it go on from there. */
  send(made: MadeEvent, identity: string | null, session: Session): void
  /** Puts an event into the visit's queue. */
  enqueue(queued: QueuedEvent): void
  /** Lets go of the events that are held back until their entity is quiet. */
  release(): void
  /** Opens a visit. */
  open(consent: 'granted' | 'cookieless', storage: KeyValue): void
  /**
   * Finds out anew what may be done; from this moment on, and until it is clear, nothing is recorded or sent.
   *
   * @param use does that; by default no more than that
   */
  followConsent(use?: (extras: Extras) => Promise<unknown>): Promise<unknown>
  /** Works with the part that most pages never need; undefined when it cannot be loaded. */
  useExtras<T>(use: (extras: Extras) => T | Promise<T>): Promise<T | undefined>
}
