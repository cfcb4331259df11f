import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewEvent } from '../store/store.ts'
import { historyNow, isBetween, play, someHistory, viewerOf } from '../testing/history.ts'
import { testCollector, userToken } from '../testing/test-collector.ts'

const dayMs = 86_400_000

const propsOf = ({ props }: NewEvent) => JSON.parse(props ?? '{}') as Record<string, unknown>

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null))

interface Question {
  did?: string
  didNot?: string
  query?: string
  filter?: string
  entityType?: string
  minCount?: number
}

/** Rows of a segment by hand; in no order. */
function segmentByHand(events: readonly NewEvent[], asked: Question) {
  const known = events.filter((event) => viewerOf(event) !== null)
  return [...Map.groupBy(known, viewerOf).values()].flatMap((own) => {
    const counted = own.filter(
      ({ eventType, entityType }) =>
        (asked.did === undefined || eventType === asked.did) &&
        (asked.entityType === undefined || entityType === asked.entityType),
    )
    const isMember =
      counted.length >= (asked.minCount ?? 1) &&
      !own.some(({ eventType }) => eventType === asked.didNot) &&
      (asked.query === undefined || own.some((event) => propsOf(event).query === asked.query)) &&
      (asked.filter === undefined ||
        own.some((event) => {
          const { filter, value } = propsOf(event)
          return filter !== undefined && [filter, `${filter}:${shown(value)}`].some((name) => name === asked.filter)
        }))
    if (!isMember) return []
    const [first] = own as [NewEvent]
    const times = counted.map(({ occurredAt }) => occurredAt)
    return [
      {
        actorId: first.actor?.id ?? null,
        email: first.actor?.id === 'user-1' ? 'one@example.com' : null,
        anonymousId: first.actor ? null : first.anonymousId,
        count: counted.length,
        firstSeen: new Date(Math.min(...times)).toISOString(),
        lastSeen: new Date(Math.max(...times)).toISOString(),
      },
    ]
  })
}

const inOrder = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort()

test('a segment has those whom looking at each viewer by hand finds, page by page and as a whole', async () => {
  const question: fc.Arbitrary<Question> = fc.record(
    {
      did: fc.constantFrom('view', 'impression', 'search'),
      didNot: fc.constantFrom('save', 'view'),
      query: fc.constantFrom('jazz', 'naïve "q", x', 'never'),
      filter: fc.constantFrom('genre', 'price:3', 'genre:jazz', 'genre:["a"]', 'never'),
      entityType: fc.constantFrom('project', 'song'),
      minCount: fc.integer({ min: 1, max: 3 }),
    },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(someHistory, fc.array(question, { minLength: 3, maxLength: 3 }), async (history, questions) => {
      const { collector, events } = await play(history)
      const from = historyNow - 30 * dayMs
      const meant = events.filter((event) => isBetween(event, from, Infinity))
      for (const asked of questions) {
        const given = Object.entries(asked).map(([name, value]) => [name, String(value)])
        const search = new URLSearchParams([...given, ['from', new Date(from).toISOString()]])
        const path = `/v1/reports/segments?${search}`
        const expected = inOrder(segmentByHand(meant, asked))
        const items: object[] = []
        for (let next: string | null = ''; next !== null; ) {
          const { body } = await collector.get(`${path}&limit=3${next}`, 'secret')
          const page = body as { items: object[]; nextCursor: string | null }
          items.push(...page.items)
          next = page.nextCursor && `&cursor=${page.nextCursor}`
        }
        expect(inOrder(items)).toEqual(expected)
        const lines = String((await collector.get(`${path}&format=ndjson`, 'secret')).body)
          .split('\n')
          .filter(Boolean)
        expect(lines.sort()).toEqual(expected)
        const { body } = await collector.get(`${path}&format=csv`, 'secret')
        const csv: { count: string }[] = parse(String(body), { columns: true })
        const counts = (rows: readonly { count?: unknown }[]) => rows.map(({ count }) => Number(count)).sort()
        expect(counts(csv)).toEqual(counts(items))
      }
      await collector.close()
    }),
    { numRuns: 8 },
  )
})

test('users are found by what they prefer, too', async () => {
  const { get, send, track } = await testCollector()
  for (const sub of ['ada', 'bob']) {
    const headers = { 'x-user-token': await userToken({ sub, traits: { email: `${sub}@example.com` } }) }
    await track({ eventType: 'signup' }, 'write', headers)
    await send(
      'POST',
      '/v1/preferences',
      { dimension: 'genre', value: sub === 'ada' ? 'a:cappella' : 'jazz' },
      'write',
      headers,
    )
  }
  const { body } = await get('/v1/reports/segments?preference=genre:a:cappella', 'secret')
  expect(body).toMatchObject({ items: [{ actorId: 'ada', email: 'ada@example.com', count: 1 }], nextCursor: null })
  expect((await get('/v1/reports/segments?preference=genre', 'secret')).status).toBe(400)
})
