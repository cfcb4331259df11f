import { contextSchema } from '@tallymark/schemas'
import { afterEach, expect, test, vi } from 'vitest'
import { watchLifecycle } from './lifecycle.ts'
import { isWary, readPage } from './page.ts'

afterEach(() => vi.unstubAllGlobals())

test('a context fits the wire, whatever the page', () => {
  document.title = 'x'.repeat(1_000)
  vi.stubGlobal('screen', { width: Number.NaN, height: -1 })
  const context = readPage().context()
  contextSchema.parse(JSON.parse(JSON.stringify(context)))
  expect(context.title).toHaveLength(300)
  expect(context.screenWidth).toBeUndefined()
})

test('a program that drives the browser is named, and a visitor says nothing of it', () => {
  const webdriver = vi.spyOn(navigator, 'webdriver', 'get').mockReturnValue(true)
  expect(readPage().context().webdriver).toBe(true)
  webdriver.mockReturnValue(false)
  expect(JSON.stringify(readPage().context())).not.toContain('webdriver')
})

test('the path has neither query nor fragment', () => {
  history.replaceState(null, '', '/p?secret=1#x')
  expect(readPage().context().path).not.toMatch(/[?#]/)
})

test('hiding and going are leaving; nothing listens to unload', () => {
  const listen = vi.spyOn(window, 'addEventListener')
  const leave = vi.fn()
  const online = vi.fn()
  const changed = vi.fn()
  watchLifecycle({ leave, online, changed })
  window.dispatchEvent(new Event('pagehide'))
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
  document.dispatchEvent(new Event('visibilitychange'))
  window.dispatchEvent(new Event('online'))
  window.dispatchEvent(new Event('storage'))
  window.dispatchEvent(new Event('pageshow'))
  expect([leave, online, changed].map(({ mock }) => mock.calls.length)).toEqual([2, 1, 2])
  expect(listen.mock.calls.map(([type]) => type)).not.toContain('unload')
})

test.each([
  [{}, false],
  [{ globalPrivacyControl: true }, true],
  [{ doNotTrack: '1' }, true],
  [{ doNotTrack: 'unspecified' }, false],
  [{ webdriver: true }, true],
  [{ userAgent: 'Mozilla/5.0 HeadlessChrome/140.0' }, true],
])('a browser that says %j needs a closer look: %j', (says, wary) => {
  const navigator = { doNotTrack: null, webdriver: false, userAgent: 'Mozilla/5.0', ...says }
  expect(Boolean(isWary({ ...readPage(), navigator }, false))).toBe(wary)
})

test('so does a page that nobody sees yet; a program only where it is not tracked', () => {
  const page = { ...readPage(), navigator: { doNotTrack: null, webdriver: true, userAgent: 'Mozilla/5.0' } }
  expect(Boolean(isWary(page, true))).toBe(false)
  expect(Boolean(isWary({ ...page, document: Object.assign(document, { prerendering: true }) }, true))).toBe(true)
})
