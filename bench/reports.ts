/**
 * What reports cost: `npm run bench:reports`. The collector's reports beside the same questions to DuckDB, over the same
 * history and in one run, in turns, and whether both say the same. The collector answers from what it has prepared as
 * events came in, DuckDB scans: that is what is compared. The databases are built once and kept in BENCH_CACHE.
 */
import { constants, copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startCollector } from './reports/ask.ts'
import { buildCollectorFile, bytesByTable } from './reports/collector-file.ts'
import { ask, meet, newContest, type Site, warmUp } from './reports/contest.ts'
import { type DuckDb, openDuckDb } from './reports/duckdb.ts'
import { type ExportResult, exportsOf, measureExport } from './reports/exports.ts'
import { historyVersion } from './reports/history.ts'
import { measurePauses, type Pauses } from './reports/pauses.ts'
import type { Question } from './reports/questions/question.ts'
import { questionsWith } from './reports/questions.ts'
import { say } from './reports/say.ts'
import { exportTable, pauseTable, questionTable, sizeTable } from './reports/tables.ts'

const sizes = (process.env.BENCH_EVENTS ?? '1000000,10000000').split(',').map(Number)
const rounds = Number(process.env.BENCH_ROUNDS ?? 30)
/** Before those that count: code that was not run yet is slow for a while, and `first` tells how much. */
const warmUpRounds = 5
const pauseMs = Number(process.env.BENCH_SECONDS ?? 2) * 1000
const cache = process.env.BENCH_CACHE ?? fileURLToPath(new URL('.cache', import.meta.url))
const parts = (process.env.BENCH_PARTS ?? 'sizes,questions,exports,pauses').split(',')
const only = process.env.BENCH_ONLY?.split(',')
/** DuckDB is asked in every such round: it takes most of the time. */
const duckDbEvery = 3

const isAsked = ({ name }: Question) => !only || only.some((part) => name.includes(part))

const sites: Site[] = []
const databases: DuckDb[] = []
const files: string[] = []
try {
  for (const events of sizes) {
    const folder = join(cache, `v${historyVersion}-${events}`)
    say(`${(events / 1e6).toLocaleString('en')} million events in ${folder}`)
    const file = await buildCollectorFile(join(folder, 'collector'), events)
    const duckDb = await openDuckDb(join(folder, 'duckdb'), events)
    files.push(file)
    databases.push(duckDb)
    if (parts.includes('sizes')) for (const line of sizeTable(events, bytesByTable(file), duckDb)) console.log(line)
    sites.push(await openSite(events, file, duckDb))
  }
  for (const { collector, asked } of sites) for (const contest of asked) await meet(contest, collector)
  if (parts.includes('questions')) for (const line of await askAll()) console.log(line)
  if (parts.includes('exports')) for (const line of await exportAll(sites.at(-1), databases.at(-1))) console.log(line)
} finally {
  await Promise.all(sites.map(({ collector }) => collector.stop()))
  for (const database of databases) database.close()
}
if (parts.includes('pauses')) for (const line of await pauseAll(files.at(-1) ?? '')) console.log(line)

async function openSite(events: number, file: string, duckDb: DuckDb): Promise<Site> {
  const collector = await startCollector(file)
  const findSession = await duckDb.prepare(`
    SELECT session::VARCHAR AS id FROM event WHERE NOT bot GROUP BY 1 HAVING count(*) >= 20 ORDER BY 1 LIMIT 1`)
  const session = String((await findSession())[0]?.id)
  const asked = questionsWith(session).filter(isAsked)
  const prepared = asked.map(async (question) => newContest(question, await duckDb.prepare(question.sql)))
  return { events, collector, asked: await Promise.all(prepared) }
}

async function askAll(): Promise<Iterable<string>> {
  for (let round = 0; round < warmUpRounds; round++) {
    for (const { collector, asked } of sites) for (const contest of asked) await warmUp(contest, collector)
  }
  for (let round = 0; round < rounds; round++) {
    for (const { collector, asked } of sites) {
      for (const contest of asked) await ask(contest, collector, round % duckDbEvery === 0)
    }
  }
  return questionTable(sites, rounds, warmUpRounds)
}

async function exportAll(site: Site | undefined, duckDb: DuckDb | undefined): Promise<Iterable<string>> {
  if (!site || !duckDb) return []
  const results: ExportResult[] = []
  for (const each of exportsOf) results.push(await measureExport(each, site.collector, duckDb))
  return exportTable(results, await site.collector.peakRssBytes())
}

/** Of the largest history, and on a copy: the probe's events must not be in the next run's answers. */
async function pauseAll(file: string): Promise<Iterable<string>> {
  const there = sites.at(-1)?.asked.filter(({ missing }) => !missing) ?? []
  const folder = mkdtempSync(join(dirname(file), 'pauses-'))
  try {
    const copy = join(folder, 'tallymark.db')
    copyFileSync(file, copy, constants.COPYFILE_FICLONE)
    const collector = await startCollector(copy)
    const [one] = questionsWith('')
    const measured: [string, Pauses][] = []
    try {
      for (const question of [undefined, ...there.map(({ question }) => question), undefined]) {
        if (one) measured.push([question?.name ?? 'no report', await measurePauses(collector, one, question, pauseMs)])
      }
    } finally {
      await collector.stop()
    }
    return pauseTable(measured)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
