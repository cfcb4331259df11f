import type { Scenario } from '../../test/delivery/scenarios.ts'
import { head, median, row } from '../report.ts'
import type { Contestant } from './bundle.ts'
import type { Cost, LongTasks } from './cost.ts'
import { type Delivery, trouble } from './delivery.ts'
import type { Traffic } from './sink.ts'
import type { Size } from './size.ts'
import { label, type Tracker } from './trackers.ts'

/** What was measured of a tracker; what could not be measured is missing. */
export interface Result {
  contestant: Contestant
  size?: Size
  /** By rounds. */
  costs: Cost[]
  traffic?: Traffic
  longTasks?: LongTasks
  deliveries: Map<Scenario, Delivery>
}

/** In Markdown, line by line. The first result is the one that the others are compared with. */
export function* tables(results: readonly Result[]): Generator<string> {
  const [own] = results
  if (!own) return
  if (own.size) yield* [sizeHead, ...results.map((result) => sizeRow(result, own)), '']
  if (own.costs.length > 0) {
    yield* [costHead, ...results.map((result) => costRow(result, own)), '']
    yield* [trafficHead, ...results.map((result) => trafficRow(result, own)), '']
  }
  if (own.deliveries.size > 0) {
    yield* [deliveryHead, ...results.map(deliveryRow), '']
    yield* [...trouble.map(({ name }, index) => `${index + 1}. ${name}`), '']
  }
  yield* [head(['tracker', 'set beside key and address', 'queue'], 3), ...results.map(setUpRow), '']
}

const sizeHead = head(['tracker', 'entry, kB gzip', 'to ours', 'loaded later, kB', 'together, kB', 'to ours'])

function sizeRow({ contestant, size }: Result, own: Result): string {
  const together = (of: Size | undefined) => of && of.entryBytes + of.lazyBytes
  return row([
    label(contestant.tracker),
    kilo(size?.entryBytes),
    ratio(size?.entryBytes, own.size?.entryBytes),
    kilo(size?.lazyBytes),
    kilo(together(size)),
    ratio(together(size), together(own.size)),
  ])
}

const costFigures: [title: string, of: (cost: Cost) => number, digits: number][] = [
  ['`track()`, µs', ({ onTheSpotUs }) => onTheSpotUs, 1],
  ['once warm, µs', ({ onceWarmUs }) => onceWarmUs, 1],
  ['all in, µs an event', ({ allInUs }) => allInUs, 0],
  ['init, ms', ({ initMs }) => initMs, 1],
  ['init all in, ms', ({ initAllInMs }) => initAllInMs, 1],
]

const costHead = head([
  'tracker',
  ...costFigures.flatMap(([title]) => [title, 'to ours']),
  'long tasks in 2 000 events',
  'longest, ms',
  'lost',
])

function costRow({ contestant, costs, longTasks }: Result, own: Result): string {
  const figures = costFigures.flatMap(([, of, digits]) => {
    // Round by round, so that a round in which the machine was slow counts for both sides.
    const ratios = costs.map((cost, round) => of(cost) / of(own.costs[round] ?? cost))
    return [decimal(median(costs.map(of)), digits), times(median(ratios))]
  })
  const lost = Math.max(...costs.map((cost) => cost.lost))
  const tasks = [decimal(longTasks?.count, 0), decimal(longTasks?.longestMs, 0)]
  return row([label(contestant.tracker), ...figures, ...tasks, decimal(lost, 0)])
}

const trafficHead = head(['tracker', 'bytes an event', 'to ours', 'with headers', 'to ours', 'requests for 10 events'])

function trafficRow({ contestant, traffic }: Result, own: Result): string {
  return row([
    label(contestant.tracker),
    decimal(traffic?.bodyBytes, 0),
    ratio(traffic?.bodyBytes, own.traffic?.bodyBytes),
    decimal(traffic?.wireBytes, 0),
    ratio(traffic?.wireBytes, own.traffic?.wireBytes),
    decimal(traffic?.requests, 0),
  ])
}

const deliveryHead = head([
  'tracker',
  'passed',
  ...trouble.map((_, index) => String(index + 1)),
  'repeats on the wire',
  'requests into 5 s of 503',
])

function deliveryRow({ contestant, deliveries }: Result): string {
  const all = [...deliveries.values()]
  const into503 = [...deliveries].find(([{ name }]) => name.startsWith('503'))?.[1].requestsInOutage
  return row([
    label(contestant.tracker),
    `${all.filter(hasPassed).length} of ${trouble.length}`,
    ...trouble.map((scenario) => verdict(deliveries.get(scenario))),
    decimal(
      all.reduce((total, { repeats }) => total + repeats, 0),
      0,
    ),
    decimal(into503, 0),
  ])
}

/** This SDK's capture helpers, each alone. */
export function pluginLine(plugins: readonly (readonly [name: string, bytes: number])[]): string {
  return `Capture helpers, kB gzip: ${plugins.map(([name, bytes]) => `${name} ${decimal(bytes / 1_000, 2)}`).join(', ')}`
}

function setUpRow({ contestant: { tracker } }: { contestant: { tracker: Tracker } }): string {
  return row([label(tracker), tracker.settings, tracker.queue])
}

const hasPassed = ({ lost, unrecognisable }: Delivery) => lost === 0 && unrecognisable === 0

function verdict(delivery: Delivery | undefined): string {
  if (!delivery) return '–'
  const { lost, repeats, unrecognisable, recoveredMs, drainedMs } = delivery
  if (lost > 0) return `lost ${decimal(lost, 0)}`
  if (unrecognisable > 0) return `twice ${decimal(unrecognisable, 0)}`
  const ms = recoveredMs ?? drainedMs
  const passed = ms === undefined ? 'all' : `${decimal(ms / 1_000, 1)} s`
  return repeats > 0 ? `${passed} +${decimal(repeats, 0)}` : passed
}

const kilo = (bytes: number | undefined) => decimal(bytes === undefined ? undefined : bytes / 1_000, 1)

function ratio(value: number | undefined, own: number | undefined): string {
  return value === undefined || !own ? '–' : times(value / own)
}

const times = (value: number) => (Number.isFinite(value) && value > 0 ? `×${value.toFixed(value < 10 ? 1 : 0)}` : '–')

function decimal(value: number | undefined, digits: number): string {
  if (value === undefined || !Number.isFinite(value)) return '–'
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
