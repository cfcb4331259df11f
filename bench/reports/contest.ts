import type { RunningCollector } from './ask.ts'
import { differences } from './differences.ts'
import type { Row } from './duckdb.ts'
import type { Question } from './questions/question.ts'

/** One size of the history, in the collector and in DuckDB. */
export interface Site {
  events: number
  collector: RunningCollector
  asked: readonly Contest[]
}

/** A question, and how it went. Times in milliseconds, by rounds. */
export interface Contest {
  question: Question
  /** The statement, prepared. */
  askDuckDb: () => Promise<Row[]>
  /** Why it was not measured. */
  missing?: string
  /** Where the report's answer is not DuckDB's. */
  differences: string[]
  /** The first time that it was asked for. */
  firstMs: number
  inside: number[]
  overHttp: number[]
  duckDb: number[]
}

export const newContest = (question: Question, askDuckDb: Contest['askDuckDb']): Contest => ({
  question,
  askDuckDb,
  differences: [],
  firstMs: Number.NaN,
  inside: [],
  overHttp: [],
  duckDb: [],
})

/** Asks both for the first time, and compares what they say. */
export async function meet(contest: Contest, collector: RunningCollector): Promise<void> {
  const { question, askDuckDb } = contest
  const { status, text, ms } = await collector.ask(question)
  contest.firstMs = ms
  if (status !== 200) {
    contest.missing = status === 404 ? 'not there (404)' : `${status}: ${text.slice(0, 300)}`
    return
  }
  const answer = JSON.parse(text)
  const compared = question.compared ? question.compared(answer as never) : answer
  contest.differences = differences(question.expected(await askDuckDb()), compared)
}

/** Asks as in a round, and forgets how long it took. */
export async function warmUp({ question, missing }: Contest, collector: RunningCollector): Promise<void> {
  if (missing) return
  await collector.askInside(question)
  await collector.ask(question)
}

/** One round: inside, over HTTP, and now and then DuckDB, which takes longer. */
export async function ask(contest: Contest, collector: RunningCollector, withDuckDb: boolean): Promise<void> {
  if (contest.missing) return
  contest.inside.push(await collector.askInside(contest.question))
  contest.overHttp.push((await collector.ask(contest.question)).ms)
  if (!withDuckDb) return
  const start = performance.now()
  await contest.askDuckDb()
  contest.duckDb.push(performance.now() - start)
}
