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

  // Its end may have been read ahead or not; the thread is gone, and nobody else may get it.
  const rest = await first.next().then(
    ({ done }) => (done ? 'end' : 'more'),
    (error) => error.code,
  )
  expect(['end', 'ended']).toContain(rest)
  await beginsWithHead(begin())
  await Promise.all([second.return(undefined), third.return(undefined)])
  await beginsWithHead(begin())
  await streams.close()
})
