import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { tempFolder } from '../../testing/temp-folder.ts'
import { RowStreams } from './row-streams.ts'
import { openSqliteStore } from './store.ts'

afterEach(() => vi.useRealTimers())

test('streams that nobody takes make way for others after a while', async () => {
  const file = join(tempFolder(), 'events.db')
  await (await openSqliteStore({ file })).close()
  const streams = new RowStreams({ file, funnels: [] })
  const begin = () => streams.rows('signals', { scope: {}, range: { from: 0, to: 1 } }, 'csv')
  const beginsWithHead = async (stream: AsyncGenerator<Uint8Array>) => {
    const { value } = await stream.next()
    expect(new TextDecoder().decode(value)).toMatch(/^viewer,/)
  }
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const [first, second, third] = [begin(), begin(), begin()]
  await Promise.all([beginsWithHead(first), beginsWithHead(second)])
  const thirdBegins = beginsWithHead(third)
  vi.advanceTimersByTime(60_000)
  await thirdBegins

  // What had been read ahead is still there, the thread is not: nobody else may get it.
  expect((await first.next()).done).toBe(true)
  await beginsWithHead(begin())
  await Promise.all([second.return(undefined), third.return(undefined)])
  await beginsWithHead(begin())
  await streams.close()
})
