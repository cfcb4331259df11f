/**
 * What taking in events costs: `npm run bench:ingest`. Beside each other in one run, in turns, so that the machine's
 * mood falls on all alike: SQLite in a loop, a bare Hono server that parses and forgets, one that also checks the events,
 * the collector on an empty database and on one that already holds rows. Then, on those rows: a burst and how long it
 * takes to fold, and how long single events wait at a steady rate, alone and while reports are asked for.
 */
import { closeSync, constants, copyFileSync, fsyncSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { geoDatabase } from '../packages/collector/src/testing/geo-database.ts'
import { insertInLoop, startServer, type UnderTest } from './ingest/processes.ts'
import { askReports } from './ingest/reports.ts'
import { burstTable, type Measured, measuredTable, type Shape, type Steady, steadyTable } from './ingest/tables.ts'
import { runLoad } from './load.ts'
import { buildCollectorFile } from './reports/collector-file.ts'
import { historyVersion } from './reports/history.ts'
import { say } from './reports/say.ts'

const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const durationMs = Number(process.env.BENCH_SECONDS ?? 6) * 1000
const existingRows = Number(process.env.BENCH_ROWS ?? 5_000_000)
const burstMs = Number(process.env.BENCH_BURST_SECONDS ?? 30) * 1000
const cache = process.env.BENCH_CACHE ?? fileURLToPath(new URL('.cache', import.meta.url))
const parts = (process.env.BENCH_PARTS ?? 'rounds,burst,steady').split(',')
const warmUpMs = 2000

const shapes: readonly Shape[] = [
  { name: 'single', batch: 1, connections: 64 },
  { name: 'batches of 50', batch: 50, connections: 8 },
]
/** A thousand single events a second, from as many visitors at once. */
const steady = { batch: 1, connections: 50, everyMs: 50 }

const folder = mkdtempSync(join(tmpdir(), 'tallymark-bench-'))
try {
  const filled = join(folder, 'filled.db')
  const built = await buildCollectorFile(join(cache, `v${historyVersion}-${existingRows}`, 'collector'), existingRows)
  copyFileSync(built, filled, constants.COPYFILE_FICLONE)
  toDisk(filled)
  const environment = writeEnvironment()
  const onFilled = () => startServer('collector', filled, environment)
  const servers = {
    'bare Hono, parsing': () => startServer('floor', '', environment),
    'the same, and checking': () => startServer('checking', '', environment),
    'collector, empty table': (run: string) => startServer('collector', join(folder, `${run}.db`), environment),
    [`collector, ${(existingRows / 1e6).toLocaleString('en')} M rows`]: onFilled,
  }
  if (parts.includes('rounds'))
    for (const line of measuredTable(await measureRounds(servers), shapes)) console.log(line)
  if (parts.includes('burst')) for (const line of burstTable(await measureBurst(onFilled))) console.log(line)
  if (parts.includes('steady')) for (const line of steadyTable(await measureSteady(onFilled))) console.log(line)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** The first checkpoint would wait for all of a copy that is on its way to the disk: gigabytes that nobody has sent. */
function toDisk(file: string): void {
  const copy = openSync(file, 'r+')
  fsyncSync(copy)
  closeSync(copy)
}

/** Files that requests are enriched with. */
function writeEnvironment(): string[] {
  const geoDb = join(folder, 'geo.mmdb')
  writeFileSync(geoDb, geoDatabase([{ range: '127.0.0.0/8', data: { country: { iso_code: 'NZ' } } }]))
  const ranges = join(folder, 'ranges.txt')
  writeFileSync(ranges, Array.from({ length: 5000 }, (_, n) => `100.${n >> 8}.${n & 255}.0/24`).join('\n'))
  return [geoDb, ranges]
}

async function measureRounds(servers: Record<string, (run: string) => Promise<UnderTest>>): Promise<Measured[]> {
  const measured: Measured[] = []
  for (let round = 0; round < rounds; round++) {
    say(`round ${round + 1} of ${rounds}`)
    const loop = await insertInLoop(join(folder, `loop-${round}.db`), durationMs / 2000)
    measured.push({ ...loop, server: 'SQLite, one INSERT in a loop', shape: undefined, round })
    for (const shape of shapes) {
      for (const [server, start] of Object.entries(servers)) {
        const underTest = await start(`${round}-${shape.batch}`)
        measured.push({ ...(await measure(underTest, shape, durationMs)), server, shape: shape.name, round })
      }
    }
  }
  return measured
}

async function measure(server: UnderTest, { batch, connections }: Shape, ms: number) {
  try {
    const load = { port: server.port, key: server.writeKey, connections, batch }
    await runLoad({ ...load, durationMs: warmUpMs })
    const before = await server.usage()
    const result = await runLoad({ ...load, durationMs: ms })
    const after = await server.usage()
    const folded = after.rows - after.pending - (before.rows - before.pending)
    // Else it would be the next one's work.
    await server.fold()
    return { ...result, cpuUs: after.cpuUs - before.cpuUs, peakRssBytes: after.peakRssBytes, folded }
  } finally {
    await server.stop()
  }
}

async function measureBurst(start: () => Promise<UnderTest>) {
  say(`a burst of ${burstMs / 1000} s`)
  const server = await start()
  try {
    await server.fold()
    const before = await server.usage()
    const load = { port: server.port, key: server.writeKey, connections: 8, batch: 50, durationMs: burstMs }
    const result = await runLoad(load)
    const after = await server.usage()
    const folding = await server.fold()
    const peakRssBytes = (await server.usage()).peakRssBytes
    return { ...result, cpuUs: after.cpuUs - before.cpuUs, pending: after.pending, folding, peakRssBytes }
  } finally {
    await server.stop()
  }
}

async function measureSteady(start: () => Promise<UnderTest>): Promise<Steady> {
  const server = await start()
  try {
    const run = () => runLoad({ ...steady, port: server.port, key: server.writeKey, durationMs })
    await run()
    const runs: Pick<Steady, 'alone' | 'beside'> = { alone: [], beside: [] }
    let reports = 0
    for (let round = 0; round < rounds; round++) {
      say(`a steady rate, ${round + 1} of ${rounds}`)
      runs.alone.push(await run())
      const asking = askReports(server)
      runs.beside.push(await run())
      reports += await asking.stop()
    }
    return { ...runs, reports }
  } finally {
    await server.stop()
  }
}
