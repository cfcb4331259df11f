import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewEvent } from '../store/store.ts'
import { byEntity, historyNow, isBetween, play, ranked, someHistory } from '../testing/history.ts'
import { codeOf, testCollector } from '../testing/test-collector.ts'

const dayMs = 86_400_000

function cardsByHand(events: readonly NewEvent[]) {
  const shown = byEntity(events)
    .filter(({ views, outboundClicks, calendarAdds }) => views + outboundClicks + calendarAdds > 0)
    .map((entity) => ({ ...entity, value: entity.views }))
  return ranked(shown).map(({ entityType, entityId, title, views, outboundClicks, calendarAdds }) => ({
    ...{ entityType, entityId, title, views, outboundClicks, calendarAdds },
    outboundRate: views && (100 * outboundClicks) / views,
    calendarRate: views && (100 * calendarAdds) / views,
  }))
}

interface Page {
  items: unknown[]
  nextCursor: string | null
}

test('the cards of all entities are what counting by hand says, page after page', async () => {
  const question = fc.record({
    entityType: fc.constantFrom('project', undefined),
    limit: fc.constantFrom(1, 2, 100),
    days: fc.constantFrom(1, 30, 50),
  })
  await fc.assert(
    fc.asyncProperty(someHistory, question, async (history, { entityType, limit, days }) => {
      const { collector, events } = await play(history)
      const from = historyNow - days * dayMs
      const query = new URLSearchParams({ limit: String(limit), from: new Date(from).toISOString() })
      if (entityType) query.set('entityType', entityType)
      const items: unknown[] = []
      for (;;) {
        const page = (await collector.get(`/v1/reports/engagement?${query}`, 'secret')).body as Page
        expect(page.items.length).toBeLessThanOrEqual(limit)
        items.push(...page.items)
        if (page.nextCursor === null) break
        expect(page.items.length).toBe(limit)
        query.set('cursor', page.nextCursor)
      }
      const meant = events.filter((event) => isBetween(event, from, Infinity))
      expect(items).toEqual(
        cardsByHand(meant.filter((event) => entityType === undefined || event.entityType === entityType)),
      )
      await collector.close()
    }),
    { numRuns: 10 },
  )
})

test('a cursor that no answer has named is refused', async () => {
  const collector = await testCollector()
  for (const cursor of ['x', '', Buffer.from('[1]').toString('base64url'), Buffer.from('{').toString('base64url')]) {
    const { status, body } = await collector.get(`/v1/reports/engagement?cursor=${cursor}`, 'secret')
    expect([status, codeOf(body)]).toEqual([400, 'invalid_request'])
  }
})
