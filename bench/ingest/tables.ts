import type { LoadResult } from '../load.ts'
import { head, machine, median, row } from '../report.ts'
import type { Folding } from './processes.ts'

export interface Shape {
  name: string
  batch: number
  connections: number
}

/** One server in one round. Of a loop without requests, there are only events. */
export interface Measured extends Partial<LoadResult> {
  server: string
  shape: string | undefined
  round: number
  events: number
  seconds: number
  cpuUs: number
  peakRssBytes?: number
  /** Events that were folded meanwhile; their cost is within. */
  folded?: number
}

export interface Burst extends LoadResult {
  cpuUs: number
  pending: number
  folding: Folding
  peakRssBytes: number
}

export interface Steady {
  alone: LoadResult[]
  /** While reports were asked for, so many. */
  beside: LoadResult[]
  reports: number
}

const rate = ({ events, seconds }: { events: number; seconds: number }) => events / seconds
const whole = (value: number) => Math.round(value).toLocaleString('en')
const mb = (bytes: number) => whole(bytes / 1024 / 1024)

export function measuredTable(all: readonly Measured[], shapes: readonly Shape[]): string[] {
  const runsOf = (shape: string | undefined, server: string) =>
    all.filter((run) => run.shape === shape && run.server === server)
  /** Round by round, so that a round in which the machine was slow counts for both sides. */
  const ratio = (runs: readonly Measured[], to: readonly Measured[]) =>
    median(runs.map((run, round) => rate(run) / rate(to[round] ?? run)))
  const [loopName = ''] = all.filter(({ shape }) => shape === undefined).map(({ server }) => server)
  const loop = runsOf(undefined, loopName)
  const of = (runs: readonly Measured[], value: (run: Measured) => number) => median(runs.map(value))
  const costs = (runs: readonly Measured[]) => [
    whole(of(runs, rate)),
    of(runs, (run) => run.cpuUs / run.events).toFixed(1),
  ]
  const titles = ['', 'server', 'requests/s', 'events/s', 'CPU µs an event', 'p50 ms', 'p99 ms', 'peak RSS MB']
  const lines = [
    `\n${Math.max(...all.map(({ round }) => round)) + 1} rounds, medians; ${machine()},`,
    'load generator on the same machine, durability full\n',
    head([...titles, 'to the floor', 'to checking', 'to the loop'], 2),
    row(['', loopName, '', ...costs(loop), '', '', '', '', '', '1.00']),
  ]
  for (const { name } of shapes) {
    const servers = [...new Set(all.filter(({ shape }) => shape === name).map(({ server }) => server))]
    const [floor = '', checking = ''] = servers
    for (const server of servers) {
      const runs = runsOf(name, server)
      lines.push(
        row([
          name,
          server,
          whole(of(runs, ({ requests = 0, seconds }) => requests / seconds)),
          ...costs(runs),
          of(runs, ({ p50Ms = 0 }) => p50Ms).toFixed(2),
          of(runs, ({ p99Ms = 0 }) => p99Ms).toFixed(2),
          mb(of(runs, ({ peakRssBytes = 0 }) => peakRssBytes)),
          ...[runsOf(name, floor), runsOf(name, checking), loop].map((to) => ratio(runs, to).toFixed(2)),
        ]),
      )
    }
  }
  lines.push('')
  for (const { name } of shapes) {
    const servers = [...new Set(all.filter(({ shape }) => shape === name).map(({ server }) => server))]
    const [empty = [], full = []] = servers.slice(-2).map((server) => runsOf(name, server))
    const folded = of([...empty, ...full], (run) => (run.folded ?? 0) / run.events)
    const percent = `${Math.round(folded * 100)} % of the events were folded meanwhile`
    lines.push(`${name}: with rows ${ratio(full, empty).toFixed(2)} of the events/s on an empty table; ${percent}`)
  }
  return lines
}

export function burstTable({ events, seconds, cpuUs, p99Ms, pending, folding, peakRssBytes }: Burst): string[] {
  const titles = ['a burst, batches of 50', 'events/s', 'CPU µs an event', 'p99 ms', 'left to fold']
  const foldTitles = ['folded in, s', 'CPU µs an event folded', 'events/s folded', 'peak RSS MB']
  return [
    `\n${head([...titles, ...foldTitles])}`,
    row([
      `${Math.round(seconds)} s`,
      whole(events / seconds),
      (cpuUs / events).toFixed(1),
      p99Ms.toFixed(1),
      whole(pending),
      (folding.ms / 1000).toFixed(1),
      (folding.cpuUs / pending).toFixed(1),
      whole((pending / folding.ms) * 1000),
      mb(peakRssBytes),
    ]),
  ]
}

export function steadyTable({ alone, beside, reports }: Steady): string[] {
  const line = (name: string, runs: readonly LoadResult[]) =>
    row([
      name,
      whole(median(runs.map(rate))),
      ...(['p50Ms', 'p99Ms', 'longestMs'] as const).map((key) => median(runs.map((run) => run[key])).toFixed(1)),
    ])
  const ofBoth = median(beside.map(({ p99Ms }, round) => p99Ms / (alone[round]?.p99Ms ?? Number.NaN)))
  const reportsPerSecond = reports / beside.reduce((sum, { seconds }) => sum + seconds, 0)
  return [
    `\n${head(['single events at a steady rate', 'events/s', 'p50 ms', 'p99 ms', 'longest ms'])}`,
    line('alone', alone),
    line(`beside ${reportsPerSecond.toFixed(0)} reports a second, ×${ofBoth.toFixed(1)}`, beside),
  ]
}
