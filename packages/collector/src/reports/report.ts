import type { CompiledPlan } from '@tallymark/schemas'
import type { z } from 'zod'
import type { ReadAnswer, ReadName, ReadQuery, RoleTypes, StreamName, StreamQuery } from '../store/reads.ts'
import type { TrendingRule } from './trending-rule.ts'

/** A report that has no answer. */
export class ReportRefusal extends Error {
  override name = 'ReportRefusal'
  readonly code: 'not_found' | 'forbidden'

  constructor(code: ReportRefusal['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** Who may ask: with a secret or admin key, with a write key and one's own user token, or anybody with a write key. */
export type Audience = 'server' | 'self' | 'public'

/** What a report has to work with. */
export interface Asking {
  /** Numbers from the store; the answer says when one of them lags behind the log. */
  read<Name extends ReadName>(name: Name, query: ReadQuery<Name>): Promise<ReadAnswer<Name>>
  /** Rows from the store as text, in the format that was asked for. */
  stream<Name extends StreamName>(name: Name, query: StreamQuery<Name>): Promise<AsyncIterable<Uint8Array>>
  plan: CompiledPlan
  /** The plan's event types by role. */
  roles: RoleTypes
  trending: TrendingRule
  now: number
  /** Only what anybody may see: it was asked with a write key. */
  publicOnly: boolean
  /** Who asks, by their user token. */
  actorId: string | undefined
}

/** A report: where it is asked for, what it takes, how it is answered. */
export interface Report<Query = unknown, Answer = unknown> {
  method: 'GET' | 'POST'
  /** As Hono has it: `/v1/entities/:type/:id/analytics`. */
  path: string
  /** One sentence: the question that it answers. */
  summary: string
  audience: Audience
  /** The parameters of the path and of the URL together, or the body of a POST. */
  query: z.ZodType<Query>
  answer: z.ZodType<Answer>
  /** With which it refuses, beside what is refused of all. */
  problems?: readonly ReportRefusal['code'][]
  run(query: Query, asking: Asking): Promise<Answer>
  /** Its rows for CSV and NDJSON, where it is a table; unless it has any, the answer is one row. */
  rows?(answer: Answer): readonly object[]
  /** The names of its columns, where they are not those of the list in its answer. */
  columns?(query: Query): readonly string[]
  /** All its rows as CSV or NDJSON, where they may be too many for one answer: in place of `rows`. */
  stream?(query: Query, asking: Asking): Promise<AsyncIterable<Uint8Array>>
}

/** Declares a report; the types of its query and its answer come from the schemas. */
export function report<Query, Answer>(declaration: Report<Query, Answer>): Report {
  return declaration as Report
}
