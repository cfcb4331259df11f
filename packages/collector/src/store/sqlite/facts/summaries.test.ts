import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newEvent } from '../../../testing/events.ts'
import { tempFolder } from '../../../testing/temp-folder.ts'
import { openSqliteStore } from '../store.ts'

test('a day gets new summaries once a fifth of it lies beyond them', async () => {
  const store = await openSqliteStore({ file: join(tempFolder(), 'events.db'), windows: { byType: {}, fallbackMs: 0 } })
  const summarisedAfter = async (events: number) => {
    await store.append(Array.from({ length: events }, () => newEvent()))
    await store.flush()
    return store.summarise({ events: 1, share: 0.2 })
  }
  expect(await summarisedAfter(100)).toBe(1)
  expect(await summarisedAfter(24)).toBe(0)
  expect(await summarisedAfter(1)).toBe(1)
  expect(await store.verify()).toEqual([])
  await store.close()
})
