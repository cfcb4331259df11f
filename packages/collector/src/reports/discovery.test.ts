import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewEvent } from '../store/store.ts'
import { distinct, historyNow, isBetween, play, someHistory, viewerOf } from '../testing/history.ts'

const dayMs = 86_400_000

const propsOf = (event: NewEvent) => JSON.parse(event.props ?? '{}') as Record<string, unknown>

/** The most frequent first, and by their text where that is the same. */
const ranked = <Row extends { count: number }>(rows: Row[], textOf: (row: Row) => string, limit: number) =>
  rows.sort((a, b) => b.count - a.count || (textOf(a) < textOf(b) ? -1 : 1)).slice(0, limit)

test('searches and filters are what counting by hand says', async () => {
  const question = fc.record({
    limit: fc.constantFrom(1, 2, 20),
    from: fc.integer({ min: historyNow - 40 * dayMs, max: historyNow }),
  })
  await fc.assert(
    fc.asyncProperty(someHistory, question, async (history, { limit, from }) => {
      const { collector, events } = await play(history)
      const path = `/v1/reports/discovery?limit=${limit}&from=${new Date(from).toISOString()}`
      const { body } = await collector.get(path, 'secret')
      const meant = events.filter((event) => isBetween(event, from, Infinity))
      const searches = meant.filter((event) => event.eventType === 'search' && 'query' in propsOf(event))
      const filters = meant.filter((event) => event.eventType === 'filter' && 'filter' in propsOf(event))
      const byQuery = [...Map.groupBy(searches, (event) => String(propsOf(event).query))].map(([query, made]) => ({
        query,
        count: made.length,
        unique: distinct(made.map(viewerOf)),
        zeroResults: made.filter((event) => propsOf(event).resultsCount === 0).length,
      }))
      const byFilter = [
        ...Map.groupBy(filters, (event) => JSON.stringify([propsOf(event).filter, propsOf(event).value ?? null])),
      ].map(([text, made]) => ({ filter: JSON.parse(text)[0], value: JSON.parse(text)[1], count: made.length }))
      expect(body).toEqual({
        searches: ranked(byQuery, ({ query }) => query, limit),
        filters: ranked(byFilter, ({ filter, value }) => JSON.stringify([filter, value]), limit),
      })
      await collector.close()
    }),
    { numRuns: 12 },
  )
})

test('as CSV an independent parser reads it back, and no spreadsheet runs it', async () => {
  await fc.assert(
    fc.asyncProperty(someHistory, async (history) => {
      const { collector } = await play(history)
      const { body: json } = await collector.get('/v1/reports/discovery', 'secret')
      const { body: csv, headers } = await collector.get('/v1/reports/discovery?format=csv', 'secret')
      expect(headers.get('content-type')).toMatch(/^text\/csv/)
      const { searches } = json as { searches: { query: string; count: number }[] }
      const rows = parse(csv, { columns: true }) as Record<string, string>[]
      expect(rows.filter(({ kind }) => kind === 'search').map(({ query, count }) => ({ query, count }))).toEqual(
        searches.map(({ query, count }) => ({
          query: query.startsWith('=') ? `'${query}` : query,
          count: String(count),
        })),
      )
      await collector.close()
    }),
    { numRuns: 6 },
  )
})

test('what was searched for by an erased person alone is not kept', async () => {
  const { collector } = await play([])
  const search = {
    eventType: 'search',
    props: { query: 'my own name' },
    anonymousId: '00000000-0000-4000-8000-000000000009',
  }
  await collector.track({ ...search, idempotencyKey: '0195d0c8-0000-7000-8000-000000000001' }, 'secret')
  await collector.store.flush()
  const readTerms = () => collector.get('/v1/reports/discovery', 'secret')
  expect((await readTerms()).body).toMatchObject({ searches: [{ query: 'my own name', count: 1 }] })
  await collector.send('DELETE', `/v1/visitors/${search.anonymousId}`, undefined, 'admin')
  expect((await readTerms()).body).toMatchObject({ searches: [] })
  await collector.close()
})
