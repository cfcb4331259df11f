import fc from 'fast-check'
import { expect, test } from 'vitest'
import { uncached } from './packed-record.ts'
import { type VisitRows, Visits, visitsIn } from './visits.ts'

const names = ['time', 'type', 'viewer', 'session', 'channel', 'campaign'] as const

const someEvents = fc.array(
  fc.record({
    time: fc.oneof(fc.nat(3), fc.nat(86_399_999)),
    type: fc.constantFrom(1, 2, 2, 2, 2, 900),
    viewer: fc.oneof(fc.nat(2), fc.nat(70_000)),
    session: fc.oneof(fc.nat(2), fc.nat(70_000)),
    channel: fc.nat(2),
    campaign: fc.constantFrom(0, 0, 0, 0, 0, 7, 70_000),
  }),
  { maxLength: 120 },
)
type SomeEvent = typeof someEvents extends fc.Arbitrary<(infer Each)[]> ? Each : never

function visitsOf(events: readonly SomeEvent[]): Visits {
  const visits = new Visits()
  const columns = Object.fromEntries(names.map((name) => [name, Uint32Array.from(events, (event) => event[name])]))
  visits.add({ day: 1, part: 0, rows: events.length, ...(columns as Record<(typeof names)[number], Uint32Array>) })
  return visits
}

const types = [1, 2, 900, 3]

const listed = (visits: VisitRows) =>
  Array.from({ length: visits.rows }, (_, row) => ({
    viewer: visits.column('viewer')[row],
    session: visits.column('session')[row],
    channel: visits.column('channel')[row],
    campaign: visits.column('campaign')[row],
    counts: types.map((type) => visits.counts(type)[row] ?? 0),
  }))

test('visits come back from their record as they were', () => {
  fc.assert(
    fc.property(someEvents, (events) => {
      const visits = visitsOf(events)
      const back = visitsIn(uncached(visits.pack()))
      expect(listed(back)).toEqual(listed(visits.sorted()))
      const isTouched = (row: number) => back.column('channel')[row] !== 0 || back.column('campaign')[row] !== 0
      const touches = (times: Uint32Array) => Array.from(times).filter((_, row) => isTouched(row))
      expect(touches(back.times())).toEqual(touches(visits.sorted().times()))
    }),
  )
})

test('a visit has the first touch of its events, and touches come in their order', () => {
  fc.assert(
    fc.property(someEvents, (events) => {
      const keyOf = ({ viewer, session, channel, campaign }: SomeEvent) =>
        viewer && session ? `${viewer} ${session}` : `${viewer} ${session} ${channel} ${campaign}`
      const byHand = [...Map.groupBy(events.entries(), ([, event]) => keyOf(event)).values()].map((own) => {
        const touches = own.filter(([, { channel, campaign }]) => channel !== 0 || campaign !== 0)
        const [at, first] = touches.toSorted(([, a], [, b]) => a.time - b.time)[0] ?? []
        const counts = types.map((type) => own.filter(([, event]) => event.type === type).length)
        const { viewer, session } = (own[0] as (typeof own)[0])[1]
        const touch = { channel: first?.channel ?? 0, campaign: first?.campaign ?? 0 }
        return { begin: own[0]?.[0] ?? 0, at, time: first?.time, visit: { viewer, session, ...touch, counts } }
      })
      const inOrder = byHand.toSorted(
        (a, b) => (a.time ?? Number.MAX_VALUE) - (b.time ?? Number.MAX_VALUE) || (a.at ?? a.begin) - (b.at ?? b.begin),
      )
      expect(listed(visitsOf(events).sorted())).toEqual(inOrder.map(({ visit }) => visit))
    }),
  )
})
