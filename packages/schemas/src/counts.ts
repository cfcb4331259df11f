/** What is counted of one entity and one event type: events, and the distinct viewers behind them. */
export interface Count {
  count: number
  unique: number
}

/** The answer of `GET /v1/counts`: by entity id, then by event type. */
export interface CountsAnswer {
  counts: Record<string, Record<string, Count>>
}
