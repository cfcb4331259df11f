import type { TableFormat } from '../../row-text.ts'
import type { Funnel, ReadName, ReadQuery, StreamName, StreamQuery } from '../reads.ts'
import type { PastDays } from './facts/past-table.ts'
import type { SummaryPlan } from './facts/summaries.ts'
import type { WireStoreError } from './messages.ts'

/** What a thread that reads is started with. */
export interface ReadThreadOptions {
  file: string
  /** That the plan declares. */
  funnels: readonly Funnel[]
}

/** What a thread answers at once. */
export type ReadMessage =
  | { [Name in ReadName]: { kind: 'read'; id: number; name: Name; query: ReadQuery<Name> } }[ReadName]
  | { kind: 'summarise'; id: number; plan: SummaryPlan }
  | { kind: 'past'; id: number; days: PastDays }

/** Begins a stream and asks for its first chunk; `next` asks for each further one, and null is the end. */
export type StreamMessage =
  | {
      [Name in StreamName]: { kind: 'stream'; id: number; name: Name; query: StreamQuery<Name>; format: TableFormat }
    }[StreamName]
  | { kind: 'next'; id: number }

export type ToReadThread = ReadMessage | StreamMessage | { kind: 'close' }

export type FromReadThread = { id: number; answer: unknown } | { id: number; error: WireStoreError }

/** The thread's own file: beside this one in the sources, and beside the bundle when built. */
export const readThreadUrl = () =>
  new URL(import.meta.url.endsWith('.ts') ? './read-thread.ts' : './read-thread.js', import.meta.url)
