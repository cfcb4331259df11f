/**
 * What taking in events costs: `npm run bench:ingest`. Beside each other in one run, in turns, so that the machine's
 * mood falls on all alike: a bare Hono server that parses and forgets, the collector on an empty database, and on one
 * that already holds rows. Durability full; the load generator runs on the same machine. Medians of all rounds.
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { geoDatabase } from '../packages/collector/src/testing/geo-database.ts'
import { type LoadResult, runLoad } from './load.ts'
import { reply } from './reply.ts'
import { head, machine, median, row } from './report.ts'
import type { Usage } from './server.ts'

const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const durationMs = Number(process.env.BENCH_SECONDS ?? 6) * 1000
const existingRows = Number(process.env.BENCH_ROWS ?? 2_000_000)
const warmUpMs = 2000

const key = 'tm_pub_bench-write-key'
const shapes = [
  { name: 'single', batch: 1, connections: 64 },
  { name: 'batches of 50', batch: 50, connections: 8 },
] as const
type Shape = (typeof shapes)[number]

interface Measured extends LoadResult {
  cpuUsPerEvent: number
  peakRssMb: number
}

const folder = mkdtempSync(join(tmpdir(), 'tallymark-bench-'))
const script = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const filled = join(folder, 'filled.db')
const geoDb = join(folder, 'geo.mmdb')
writeFileSync(geoDb, geoDatabase([{ range: '127.0.0.0/8', data: { country: { iso_code: 'NZ' } } }]))
const ranges = join(folder, 'ranges.txt')
writeFileSync(ranges, Array.from({ length: 5000 }, (_, n) => `100.${n >> 8}.${n & 255}.0/24`).join('\n'))
const servers = {
  'bare Hono floor': () => ['floor'],
  'collector, empty table': (run: string) => ['collector', join(folder, `${run}.db`), key, geoDb, ranges],
  [`collector, ${(existingRows / 1e6).toLocaleString('en')} M rows`]: () => ['collector', filled, key, geoDb, ranges],
}

try {
  console.log(`Filling a database with ${existingRows.toLocaleString('en')} rows …`)
  execFileSync(process.execPath, [script('fill.ts'), filled, String(existingRows)], { stdio: 'inherit' })
  const results = new Map<string, Measured[]>()
  for (let round = 0; round < rounds; round++) {
    for (const shape of shapes) {
      for (const [name, args] of Object.entries(servers)) {
        const row = `${shape.name}|${name}`
        const measured = await measure(args(`${round}-${shape.batch}`), shape)
        results.set(row, [...(results.get(row) ?? []), measured])
      }
    }
  }
  print(results)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(args: string[], { batch, connections }: Shape): Promise<Measured> {
  const server = fork(script('server.ts'), args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  try {
    const { port } = await reply<{ port: number }>(server)
    await runLoad({ port, key, connections, batch, durationMs: warmUpMs })
    const before = await usageOf(server)
    const result = await runLoad({ port, key, connections, batch, durationMs })
    const after = await usageOf(server)
    const cpuUsPerEvent = (after.cpuUs - before.cpuUs) / result.events
    return { ...result, cpuUsPerEvent, peakRssMb: after.peakRssBytes / 1024 / 1024 }
  } finally {
    server.kill()
    await once(server, 'exit')
  }
}

async function usageOf(server: ChildProcess): Promise<Usage> {
  server.send('usage')
  return reply<Usage>(server)
}

function print(results: Map<string, Measured[]>): void {
  const [floor = '', empty = '', full = ''] = Object.keys(servers)
  const runsOf = (shape: string, server: string) => results.get(`${shape}|${server}`) ?? []
  /** Round by round, so that a round in which the machine was slow counts for both sides. */
  const ratio = (shape: string, server: string, to: string) =>
    median(runsOf(shape, server).map((run, round) => rate(run) / rate(runsOf(shape, to)[round])))

  console.log(
    `\n${rounds} rounds of ${durationMs / 1000} s, medians; ${machine()}, load generator on the same machine,`,
  )
  console.log('durability full\n')
  const columns = [
    'requests/s',
    'events/s',
    'CPU µs an event',
    'p50 ms',
    'p99 ms',
    'peak RSS MB',
    'events/s, to the floor',
  ]
  console.log(head(['', 'server', ...columns], 2))
  for (const { name: shape } of shapes) {
    for (const server of Object.keys(servers)) {
      const of = (value: (run: Measured) => number) => median(runsOf(shape, server).map(value))
      const cells = [
        shape,
        server,
        whole(of((run) => run.requests / run.seconds)),
        whole(of(rate)),
        of((run) => run.cpuUsPerEvent).toFixed(1),
        of((run) => run.p50Ms).toFixed(2),
        of((run) => run.p99Ms).toFixed(2),
        whole(of((run) => run.peakRssMb)),
        ratio(shape, server, floor).toFixed(2),
      ]
      console.log(row(cells))
    }
  }
  console.log()
  for (const { name } of shapes) {
    console.log(
      `${name}: events/s with existing rows are ${ratio(name, full, empty).toFixed(2)} of those on an empty table`,
    )
  }
}

function rate(run: Measured | undefined): number {
  return run ? run.events / run.seconds : Number.NaN
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}
