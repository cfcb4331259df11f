import type { Database } from 'better-sqlite3'
import type { Funnel } from '../../reads.ts'
import { DaySummaries } from '../facts/day-summaries.ts'
import { EntityViewers } from '../facts/entity-viewers.ts'
import { FactReader } from '../facts/fact-reader.ts'
import { FrozenViewers } from '../facts/frozen-viewers.ts'
import { Pasts } from '../facts/past.ts'
import { Names } from './names.ts'

/** What reads share within one thread: prepared statements, and names that were looked up. */
export interface ReadContext {
  db: Database
  facts: FactReader
  summaries: DaySummaries
  entityViewers: EntityViewers
  frozen: FrozenViewers
  pasts: Pasts
  names: Names
}

/** @param funnels that the plan declares */
export function readContext(db: Database, funnels: readonly Funnel[] = []): ReadContext {
  return {
    db,
    facts: new FactReader(db),
    summaries: new DaySummaries(db, funnels),
    entityViewers: new EntityViewers(db),
    frozen: new FrozenViewers(db),
    pasts: new Pasts(db),
    names: new Names(db),
  }
}

/** Answers a read; runs inside a transaction, so that all it sees is of one moment. */
export type Read<Query, Answer> = (context: ReadContext, query: Query) => Answer
