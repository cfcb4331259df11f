import fc from 'fast-check'
import { expect, test } from 'vitest'
import { uncached } from './packed-record.ts'
import { touches, touchesIn } from './touches.ts'

const someEvents = fc.array(
  fc.record({
    time: fc.oneof(fc.nat(3), fc.nat(86_399_999)),
    viewer: fc.oneof(fc.nat(3), fc.nat(500_000)),
    channel: fc.nat(2),
    campaign: fc.constantFrom(0, 0, 7, 70_000),
  }),
  { maxLength: 100 },
)

test('each viewer has the first of their touches, in the order of the viewers', () => {
  fc.assert(
    fc.property(someEvents, (events) => {
      const summing = touches.begin()
      const column = (name: keyof (typeof events)[number]) => Uint32Array.from(events, (event) => event[name])
      const columns = { time: column('time'), viewer: column('viewer') }
      const from = { channel: column('channel'), campaign: column('campaign') }
      summing.add({ day: 1, part: 0, rows: events.length, ...columns, ...from }, new Uint32Array())
      const unpacked = touchesIn(uncached(summing.pack()))
      const others = (['channel', 'campaign', 'time'] as const).map((name) => unpacked.column(name))
      const found = Array.from(unpacked.viewers(), (viewer, row) => [viewer, ...others.map((each) => each[row])])

      const touched = events.filter((event) => event.viewer !== 0 && (event.channel !== 0 || event.campaign !== 0))
      const firsts = Array.from(Map.groupBy(touched, (event) => event.viewer).values(), (own) => {
        const first = own.toSorted((a, b) => a.time - b.time)[0] as (typeof own)[0]
        return [first.viewer, first.channel, first.campaign, first.time]
      })
      expect(found).toEqual(firsts.sort(([a = 0], [b = 0]) => a - b))
    }),
  )
})
