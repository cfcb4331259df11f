/**
 * What is kept of an event to answer reports: numbers alone, a column each, 0 for what is not there. The order is the
 * columns' number in the file: new ones are added at the end.
 */
export const factColumns = [
  /** The event's row in the log; 0 once its day is frozen. */
  'seq',
  /** Milliseconds since its day began, in UTC. */
  'time',
  'type',
  'entity',
  'viewer',
  'session',
  'surface',
  /** The position in a list, plus one. */
  'position',
  'duration',
  /** Bits: see {@link flags}. */
  'flags',
  'source',
  'channel',
  'campaign',
  'agent',
  /** Two letters, a byte each. */
  'country',
  /** Terms: what was searched for, what was filtered by, which variant of which experiment was seen. */
  'search',
  'filter',
  'variant',
] as const
export type FactColumn = (typeof factColumns)[number]

/** One event's facts, in the order of the columns. */
export type Fact = Record<FactColumn, number>

export const flags = { completed: 1, overCap: 2, foundNothing: 4 } as const

export const countryCode = (country: string | null) =>
  country === null ? 0 : (country.charCodeAt(0) << 8) | country.charCodeAt(1)

export const countryOf = (code: number) => (code === 0 ? null : String.fromCharCode(code >> 8, code & 255))
