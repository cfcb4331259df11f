import { expect, test, vi } from 'vitest'
import { explainOptions as explain } from './explain-options.ts'
import { defaults, readOptions } from './options.ts'

const good = { endpoint: 'https://collect.example.com', writeKey: 'tm_pub_1' }
const read = (options: unknown) => {
  const complain = vi.fn()
  const settings = readOptions(options as typeof good, 'https://shop.example/deep/page', complain)
  return { settings, complained: complain.mock.calls.length > 0 }
}

function explainOptions(options: unknown, like: typeof defaults): string[] {
  const said: string[] = []
  explain(options, like, (sentence) => said.push(sentence))
  return said
}

test('an endpoint and a key are enough', () => {
  const { settings, complained } = read(good)
  const { beforeSend, ...others } = defaults
  expect(settings).toMatchObject({ ...others, ...good, url: 'https://collect.example.com/v1/batch?key=tm_pub_1' })
  expect(settings).toMatchObject({ beforeSend: undefined, consent: '' })
  expect(complained).toBe(false)
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
  ['writeKey', { ...good, writeKey: 7 }],
  ['writeKey', { endpoint: good.endpoint }],
  ['writeKey', undefined],
])('without a usable %s nothing is tracked, and the fault is named', (name, options) => {
  expect(read(options)).toEqual({ settings: undefined, complained: true })
  expect(explainOptions(options, defaults).join()).toContain(`'${name}'`)
})

test.each([
  ['flushAt', -1],
  ['flushIntervalMs', 'often'],
  ['onDrop', true],
  ['beforeSend', {}],
  ['trackBots', 'yes'],
  ['sessionStartEvent', true],
  ['flushInterval', 100],
])('%s as %j costs its effect and not the events, and is named', (name, value) => {
  const { settings, complained } = read({ ...good, [name]: value })
  expect(settings).toMatchObject({ flushAt: 20, flushIntervalMs: 5_000, trackBots: false, sessionStartEvent: '' })
  expect(complained).toBe(true)
  expect(explainOptions({ ...good, [name]: value }, defaults)).toEqual([expect.stringContaining(`'${name}'`)])
})

test.each(['consent', 'globalPrivacyControl', 'doNotTrack'])('a misspelled %s is named', (name) => {
  expect(explainOptions({ ...good, [name]: 'yes' }, defaults)).toEqual([
    `'${name}' must be one of denied, pending, cookieless, granted`,
  ])
})

test('a misspelled option is told with the one that was meant', () => {
  expect(explainOptions({ ...good, flushInterval: 1 }, defaults)[0]).toContain('flushIntervalMs')
  expect(explainOptions({ ...good, writekey: 'x' }, defaults)[0]).toContain('writeKey')
})

test('a debounce that is no time is found', () => {
  const complained = (waitMs: unknown) => read({ ...good, debounce: { rating: waitMs as number } }).complained
  expect([true, 250].map(complained)).toEqual([false, false])
  expect([0, -1, 'long', false].map(complained)).toEqual([true, true, true, true])
})

test('good options are explained by nothing', () => {
  const options = {
    ...good,
    debounce: { rating: true, scroll: 250 },
    consent: 'pending',
    onDrop() {},
    debug: undefined,
  }
  expect(explainOptions(options, defaults)).toEqual([])
})

test('a debounce that is no time is named', () => {
  expect(explainOptions({ ...good, debounce: { rating: 0 } }, defaults)).toEqual([
    "'debounce.rating' must be milliseconds, or true",
  ])
})

test('an option that is undefined has its default', () => {
  expect(read({ ...good, flushAt: undefined }).settings?.flushAt).toBe(20)
})
