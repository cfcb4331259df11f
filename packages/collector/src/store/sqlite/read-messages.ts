import type { ReadName, ReadQuery } from '../reads.ts'
import type { SummaryPlan } from './facts/summaries.ts'
import type { WireStoreError } from './messages.ts'

/** What a thread that reads is started with. */
export interface ReadThreadOptions {
  file: string
}

export type ToReadThread =
  | { [Name in ReadName]: { kind: 'read'; id: number; name: Name; query: ReadQuery<Name> } }[ReadName]
  | { kind: 'summarise'; id: number; plan: SummaryPlan }
  | { kind: 'close' }

export type FromReadThread = { id: number; answer: unknown } | { id: number; error: WireStoreError }
