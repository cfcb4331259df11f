import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historyNow, someHistoryEvent } from '../../testing/history.ts'
import { tempFolder } from '../../testing/temp-folder.ts'
import type { NewEvent, Store } from '../store.ts'
import { importLines } from './import.ts'
import { openSqliteStore } from './store.ts'

const dayMs = 86_400_000
const windows = { byType: {}, fallbackMs: 60_000 }
const roles = { view: ['view'], search: ['search'], filter: ['filter'], impression: ['impression'], click: ['click'] }
/** The day after the history, and the days that are frozen when rows are kept for 31 days. */
const today = Math.ceil(historyNow / dayMs) * dayMs
const frozenBefore = today - 32 * dayMs
const range = { from: 0, to: today }
const edges = Array.from({ length: 61 }, (_, n) => today - (60 - n) * dayMs)

const open = (file: string) =>
  openSqliteStore({ file, windows, plan: { passive: ['impression'], roles }, now: () => today - 1 })

/** What frozen days go on saying: all that counts events, and the viewers of each day and of each entity on it. */
async function numbers(store: Store) {
  const read: Store['read'] = async (name, query) => store.read(name, query)
  const answer = <T>({ answer }: { answer: T }) => answer
  const { tally } = answer(await read('activity', { scope: { entityType: 'project' }, range, roles }))
  const { searches, filters } = answer(await read('discovery', { range, roles, limit: 100 }))
  return {
    tally,
    filters,
    searches: searches.map(({ unique: _, ...search }) => search),
    everything: answer(await read('series', { scope: {}, edges })),
    views: answer(await read('series', { scope: { eventTypes: ['view'] }, edges })),
    slots: answer(await read('slots', { scope: {}, range })),
    places: answer(await read('places', { by: 'position', scope: {}, range, roles })),
    sessions: answer(await read('sessionTotals', { range })),
    ofOwner: answer(await read('activity', { scope: { ownerId: 'ada' }, range, roles })).tally,
  }
}

/** As they came in: nothing waits for days to be received. */
const received = (events: readonly NewEvent[]) =>
  events.toSorted((a, b) => a.occurredAt - b.occurredAt).map((event) => ({ ...event, receivedAt: event.occurredAt }))

test('frozen days say what they said, after an export and import too, and nothing of who it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(someHistoryEvent, { maxLength: 60 }), async (events) => {
      const file = join(tempFolder(), 'frozen.db')
      const store = await open(file)
      await store.append(received(events))
      await store.summarise({ events: 1, share: 0.2 })
      const before = await numbers(store)
      await store.prune(31)
      expect(await numbers(store)).toEqual(before)
      expect(await store.verify()).toEqual([])

      const { default: Database } = await import('better-sqlite3')
      const db = new Database(file, { readonly: true })
      const who = db.prepare<[number, number, number, number], Buffer>(
        'SELECT data FROM fact WHERE day < ? AND name IN (?, ?, ?)',
      )
      expect(who.all(frozenBefore / dayMs, 0, 4, 5)).toEqual([])
      db.close()

      await importLines(`${file}.copy`, linesOf(store))
      const copy = await open(`${file}.copy`)
      expect(await numbers(copy)).toEqual(before)
      expect(await copy.verify()).toEqual([])
      await Promise.all([store.close(), copy.close()])
    }),
    { numRuns: 8, endOnFailure: true },
  )
})

async function* linesOf(store: Store): AsyncGenerator<string> {
  for await (const chunk of store.export()) yield* chunk.trimEnd().split('\n')
}
