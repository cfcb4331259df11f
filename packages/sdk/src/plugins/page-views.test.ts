import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { OpenPlan } from '../tracker-types.ts'
import { type PageViewOptions, trackPageViews } from './page-views.ts'
import { comeBack, createRecorder, hide, leavePage } from './testing/recorder.ts'

// happy-dom has no Navigation API: these tests are about the history. The other way is proven in a real browser.
const { tracker, take, paths } = createRecorder()
let stop = () => {}
const begin = (options?: PageViewOptions<OpenPlan, string>) => {
  stop = trackPageViews(tracker, options)
}
const said = vi.spyOn(console, 'error').mockImplementation(() => {})

beforeEach(() => {
  vi.useFakeTimers()
  history.replaceState(null, '', '/start')
})
afterEach(() => {
  stop()
  take()
  hide('visible')
  vi.useRealTimers()
  paths.length = 0
})

test('the page is a view, and so is each page that follows without a load', () => {
  begin()
  expect(take()).toEqual([{ eventType: 'page_view' }])
  history.pushState(null, '', '/projects')
  vi.advanceTimersByTime(500)
  history.replaceState(null, '', '/projects/42')
  vi.advanceTimersByTime(500)
  expect(take()).toHaveLength(2)
  expect(paths).toEqual(['/start', '/projects', '/projects/42'])
})

test('a view is dated when the page arrived, and waits for its title', () => {
  begin()
  take()
  const arrivedAtMs = Date.now()
  history.pushState(null, '', '/projects')
  vi.advanceTimersByTime(499)
  expect(take()).toEqual([])
  vi.advanceTimersByTime(1)
  expect(take()).toEqual([{ eventType: 'page_view', occurredAt: arrivedAtMs }])
})

test('another query, another fragment or the same path again is the same page', () => {
  begin()
  take()
  history.pushState({ a: 1 }, '', '/start?q=jazz')
  history.pushState(null, '')
  history.replaceState(null, '', '#top')
  history.pushState(null, '', new URL('/start', location.href))
  vi.advanceTimersByTime(1_000)
  expect(take()).toEqual([])
})

test('a router that keeps its routes in the fragment has a view for each', () => {
  begin({ hash: true, describe: ({ hash }) => ({ props: { route: hash } }) })
  history.pushState(null, '', '#/a')
  vi.advanceTimersByTime(500)
  history.pushState(null, '', '#/a')
  vi.advanceTimersByTime(500)
  expect(take().map(({ props }) => props?.route)).toEqual(['', '#/a'])
})

test('a view that waits is recorded before the next page comes', () => {
  begin()
  history.pushState(null, '', '/a')
  history.pushState(null, '', '/b')
  vi.advanceTimersByTime(5_000)
  expect(paths).toEqual(['/start', '/a', '/b'])
})

test.each([
  ['left', leavePage],
  ['hidden', () => hide()],
  ['stopped', () => stop()],
])('a view that waits is recorded when the page is %s, and only once', (_, go) => {
  begin()
  history.pushState(null, '', '/a')
  go()
  expect(take()).toHaveLength(2)
  vi.advanceTimersByTime(5_000)
  expect(take()).toEqual([])
})

test('going back is a view', () => {
  begin()
  history.pushState(null, '', '/a')
  vi.advanceTimersByTime(500)
  take()
  // happy-dom goes nowhere by itself.
  Object.getPrototypeOf(history).replaceState.call(history, null, '', '/start')
  window.dispatchEvent(new PopStateEvent('popstate'))
  vi.advanceTimersByTime(500)
  expect(take()).toHaveLength(1)
})

test('a page out of the back/forward cache is a view', () => {
  begin()
  take()
  comeBack()
  window.dispatchEvent(new Event('pageshow'))
  vi.advanceTimersByTime(500)
  expect(take()).toHaveLength(1)
})

test('the event type can have another name, and each view says more', () => {
  begin({
    eventType: 'navigate',
    surface: 'app',
    describe: ({ pathname }) => ({ entity: { type: 'view', id: pathname } }),
  })
  expect(take()).toEqual([{ eventType: 'navigate', surface: 'app', entity: { type: 'view', id: '/start' } }])
})

test('the history works as before, and its methods are put back in the end', () => {
  const { pushState, replaceState } = history
  begin()
  expect(history.pushState).not.toBe(pushState)
  history.pushState({ mine: 1 }, '', '/mine')
  expect([history.state, location.pathname]).toEqual([{ mine: 1 }, '/mine'])
  stop()
  expect([history.pushState, history.replaceState]).toEqual([pushState, replaceState])
})

test('whoever else has wrapped the history keeps what they made', () => {
  const { pushState } = history
  begin()
  const ours = history.pushState
  const theirs: History['pushState'] = (...given) => ours.apply(history, given)
  history.pushState = theirs
  stop()
  take()
  expect(history.pushState).toBe(theirs)
  history.pushState(null, '', '/after')
  vi.advanceTimersByTime(5_000)
  expect([location.pathname, take()]).toEqual(['/after', []])
  history.pushState = pushState
})

test('a describe that throws disturbs nobody', () => {
  begin({
    describe() {
      throw new Error('mine')
    },
  })
  history.pushState(null, '', '/a')
  vi.advanceTimersByTime(5_000)
  expect(take()).toEqual([])
  expect(said.mock.calls.flat().join()).toContain('page-views failed')
})

test('a URL that the history refuses is the caller’s error, as without the plugin', () => {
  begin()
  take()
  const refused = () => history.pushState(null, '', 'https://[')
  expect(refused).toThrow()
  vi.advanceTimersByTime(5_000)
  expect(take()).toEqual([])
})
