import { head, machine, median, row } from '../report.ts'
import type { Contest, Site } from './contest.ts'
import type { DuckDb } from './duckdb.ts'
import type { ExportResult } from './exports.ts'
import type { Pauses } from './pauses.ts'

/** In Markdown, line by line: what a database takes by the event. */
export function* sizeTable(
  events: number,
  tables: readonly (readonly [table: string, bytes: number])[],
  duckDb: DuckDb,
): Generator<string> {
  const all = tables.reduce((sum, [, bytes]) => sum + bytes, 0)
  const perEvent = (bytes: number) => (bytes / events).toFixed(1)
  yield `Bytes an event, of ${million(events)} events: ${perEvent(all)}; in ${duckDb.name}: ${perEvent(duckDb.bytes)}\n`
  const named = tables.filter(([, bytes]) => bytes / events >= 0.05)
  yield `${head(['table, with its indexes', ...named.map(([name]) => name)])}`
  yield `${row(['bytes an event', ...named.map(([, bytes]) => perEvent(bytes))])}\n`
}

/** The largest history's figures; the smaller one's say how they grow. */
export function* questionTable(sites: readonly Site[], rounds: number, warmUpRounds: number): Generator<string> {
  const [small, large] = [sites[0], sites.at(-1)]
  if (!small || !large) return
  const grows = small === large ? [] : [`grows from ${million(small.events)}`]
  yield `${rounds} rounds, after ${warmUpRounds} that do not count; ${million(large.events)} events; ${machine()}\n`
  yield head([
    `${million(large.events)} events`,
    'first, ms',
    'inside p50',
    'p95',
    'over HTTP p50',
    'p95',
    'allowed',
    ...grows,
    'DuckDB scanning p50',
    'to ours, prepared',
    'agree',
  ])
  for (const [index, contest] of large.asked.entries()) {
    const before = small.asked[index]
    yield contest.missing
      ? row([contest.question.name, contest.missing])
      : row([...cells(contest), ...(grows.length > 0 ? [times(growth(contest, before))] : []), ...beside(contest)])
  }
  yield ''
  for (const { events, asked } of sites) {
    for (const { question, differences } of asked.filter((contest) => contest.differences.length > 0)) {
      yield `!!! ${million(events)}, ${question.name}: ${differences.length} differences to DuckDB, such as`
      yield* differences.slice(0, 5).map((difference) => `!!!   ${difference}`)
    }
  }
}

function cells({ question, firstMs, inside, overHttp }: Contest): string[] {
  return [
    question.name,
    ms(firstMs),
    ms(median(inside)),
    held(quantile(inside, 0.95), question.insideMs ?? question.limitMs),
    ms(median(overHttp)),
    held(quantile(overHttp, 0.95), question.limitMs),
    question.insideMs ? `${question.insideMs}, ${question.limitMs}` : String(question.limitMs),
  ]
}

function beside({ overHttp, duckDb, differences }: Contest): string[] {
  return [ms(median(duckDb)), times(median(duckDb) / median(overHttp)), differences.length === 0 ? 'yes' : '**NO**']
}

const growth = (large: Contest, small: Contest | undefined) => median(large.inside) / median(small?.inside ?? [])

export function* exportTable(results: readonly ExportResult[], peakRssBytes: number): Generator<string> {
  yield head(['export', 'rows', 'rows/s', 'MB/s', 'DuckDB, rows/s to a file'])
  for (const { name, missing, rows, rowsPerSecond, bytesPerSecond, duckDbRowsPerSecond } of results) {
    const figures = [whole(rows), whole(rowsPerSecond), whole(bytesPerSecond / 1e6), whole(duckDbRowsPerSecond)]
    yield row([name, ...(missing ? [missing] : figures)])
  }
  yield `\nThe collector's process had ${whole(peakRssBytes / 1024 / 1024)} MB at its peak, after all of this.\n`
}

/** Who waits while a report is asked for again and again. */
export function* pauseTable(measured: readonly (readonly [name: string, pauses: Pauses])[]): Generator<string> {
  yield head(['beside it, asked for without a break', 'an event p50, ms', 'p99', 'longest', 'counts, longest'])
  for (const [name, { ingest, otherReportMs }] of measured) {
    yield row([name, ms(ingest.p50Ms), ms(ingest.p99Ms), ms(ingest.longestMs), ms(otherReportMs)])
  }
  yield ''
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

/** What is slower than allowed stands out. */
const held = (value: number, limit: number) => (value > limit ? `**${ms(value)}**` : ms(value))

const whole = (value: number) => Math.round(value).toLocaleString('en')
const ms = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)
const times = (ratio: number) => (Number.isFinite(ratio) ? `×${ratio.toFixed(ratio < 10 ? 1 : 0)}` : '–')
const million = (events: number) => `${(events / 1e6).toLocaleString('en')} M`
