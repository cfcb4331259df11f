import { expect, test, vi } from 'vitest'
import { defaults, readOptions } from './options.ts'

const good = { endpoint: 'https://collect.example.com', writeKey: 'tm_pub_1' }
const read = (options: unknown) => {
  const report = vi.fn()
  const settings = readOptions(options as typeof good, 'https://shop.example/deep/page', report)
  return { settings, said: report.mock.calls.flat().join('\n') }
}

test('an endpoint and a key are enough', () => {
  const { settings, said } = read(good)
  expect(settings).toMatchObject({ ...defaults, url: 'https://collect.example.com/v1/batch?key=tm_pub_1' })
  expect(said).toBe('')
})

test.each([
  ['https://c.example/', 'https://c.example/v1/batch?key=tm_pub_1'],
  ['https://c.example/stats/', 'https://c.example/stats/v1/batch?key=tm_pub_1'],
  ['/stats', 'https://shop.example/stats/v1/batch?key=tm_pub_1'],
  ['//c.example', 'https://c.example/v1/batch?key=tm_pub_1'],
])('the endpoint %s sends to %s', (endpoint, url) => {
  expect(read({ ...good, endpoint }).settings?.url).toBe(url)
})

test.each([
  ['endpoint', { ...good, endpoint: 'collect.example.com' }],
  ['endpoint', { ...good, endpoint: undefined }],
  ['endpoint', { ...good, endpoint: 'https://' }],
  ['writeKey', { ...good, writeKey: '' }],
  ['writeKey', { endpoint: good.endpoint }],
  ['flushAt', { ...good, flushAt: -1 }],
  ['flushIntervalMs', { ...good, flushIntervalMs: 'often' }],
  ['onDrop', { ...good, onDrop: true }],
  ['debounce.rating', { ...good, debounce: { rating: 0 } }],
  ['writeKey', undefined],
])('names %s when it is wrong, and tracks nothing', (name, options) => {
  const { settings, said } = read(options)
  expect(settings).toBeUndefined()
  expect(said).toContain(`'${name}'`)
})

test('names a misspelled option, and tracks', () => {
  const { settings, said } = read({ ...good, flushInterval: 100 })
  expect(settings?.flushIntervalMs).toBe(5_000)
  expect(said).toContain("'flushInterval'")
  expect(said).toContain('flushIntervalMs')
})

test('an option that is undefined has its default', () => {
  expect(read({ ...good, flushAt: undefined }).settings?.flushAt).toBe(20)
})

test('true debounces by a second', () => {
  expect(read({ ...good, debounce: { rating: true, scroll: 250 } }).settings?.debounceMs).toEqual({
    rating: 1_000,
    scroll: 250,
  })
})
