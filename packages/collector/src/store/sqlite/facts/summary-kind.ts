import type { FactColumn } from './fact.ts'
import type { Chunk } from './fact-reader.ts'

/** What one pass over a day's facts adds up to. */
export interface Summing<Name extends FactColumn> {
  add(chunk: Chunk<Name>, entityTypes: Uint32Array): void
  /** The same facts make the same bytes. */
  pack(): Buffer
}

/** A kind of summary: the columns that it is made of, and how. */
export interface SummaryKind<Name extends FactColumn> {
  columns: readonly Name[]
  begin(): Summing<Name>
}

/** Sums under keys of several numbers, each below 2²⁰, which together make the key of a map. */
export const keyOf = (a: number, b: number): number => a * 2 ** 20 + b
