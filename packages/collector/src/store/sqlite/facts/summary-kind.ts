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

/** One key of a map for two numbers below 2²⁶. Those of names are small as a rule, and small keys are found faster. */
export const keyOf = (a: number, b: number): number => (b < 2 ** 20 ? a * 2 ** 20 + b : -(a * 2 ** 26 + b))
