import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { trackScroll } from './scroll.ts'
import { comeBack, createRecorder, hide, leavePage } from './testing/recorder.ts'

const { tracker, take, paths } = createRecorder()
let stop = () => {}

/** Makes an element 1 000 pixels high, seen through a window of 200. */
function makeTall(element: Element, height = 1_000) {
  for (const [name, value] of Object.entries({ clientHeight: 200, scrollHeight: height })) {
    Object.defineProperty(element, name, { value, configurable: true })
  }
}
function scrollTo(top: number, scroller: Element = document.documentElement) {
  scroller.scrollTop = top
  const target = scroller === document.documentElement ? document : scroller
  target.dispatchEvent(new Event('scroll', { bubbles: target === document }))
}

beforeEach(() => {
  vi.useFakeTimers()
  history.replaceState(null, '', '/article')
  makeTall(document.documentElement)
})
afterEach(() => {
  stop()
  take()
  hide('visible')
  document.documentElement.scrollTop = 0
  vi.useRealTimers()
})

test('the deepest point is recorded once, when the page is left', () => {
  stop = trackScroll(tracker)
  scrollTo(300)
  vi.advanceTimersByTime(200)
  scrollTo(550)
  vi.advanceTimersByTime(200)
  scrollTo(0)
  vi.advanceTimersByTime(60_000)
  expect(take()).toEqual([])
  hide()
  leavePage()
  expect(take()).toEqual([{ eventType: 'scroll', props: { scrollDepth: 75 } }])
})

test('the last movement counts although the page is left in the middle of it', () => {
  stop = trackScroll(tracker)
  scrollTo(800)
  leavePage()
  expect(take()).toEqual([{ eventType: 'scroll', props: { scrollDepth: 100 } }])
})

test('who comes back and gets further is recorded again', () => {
  stop = trackScroll(tracker)
  scrollTo(300)
  hide()
  hide('visible')
  scrollTo(200)
  hide()
  hide('visible')
  scrollTo(400)
  hide()
  expect(take().map(({ props }) => props?.scrollDepth)).toEqual([50, 60])
})

test('a page that was not scrolled says nothing', () => {
  stop = trackScroll(tracker)
  leavePage()
  stop()
  expect(take()).toEqual([])
})

test('measures at most five times a second', () => {
  stop = trackScroll(tracker)
  const read = vi.spyOn(document.documentElement, 'scrollHeight', 'get')
  for (let top = 0; top < 800; top += 8) {
    scrollTo(top)
    vi.advanceTimersByTime(10)
  }
  expect(read.mock.calls.length).toBeLessThanOrEqual(5)
})

test('the next page of an application begins at the top, and the last one is recorded before it comes', () => {
  paths.length = 0
  stop = trackScroll(tracker)
  scrollTo(300)
  history.pushState(null, '', '/next')
  leavePage()
  scrollTo(100)
  leavePage()
  expect(take().map(({ props }) => props?.scrollDepth)).toEqual([50, 30])
  expect(paths).toEqual(['/article', '/next'])
})

test('a page out of the back/forward cache is measured anew', () => {
  stop = trackScroll(tracker)
  scrollTo(300)
  leavePage()
  comeBack()
  scrollTo(200)
  leavePage()
  expect(take().map(({ props }) => props?.scrollDepth)).toEqual([50, 40])
})

test('an element that scrolls by itself can be measured, and only it', () => {
  const within = document.createElement('div')
  document.body.append(within)
  makeTall(within, 400)
  stop = trackScroll(tracker, { within })
  scrollTo(700)
  scrollTo(100, within)
  leavePage()
  expect(take().map(({ props }) => props?.scrollDepth)).toEqual([75])
})

test('stopping records what was measured, and ends it', () => {
  stop = trackScroll(tracker, { entity: { type: 'post', id: 7 } })
  scrollTo(300)
  stop()
  scrollTo(800)
  leavePage()
  stop()
  expect(take()).toEqual([{ eventType: 'scroll', entity: { type: 'post', id: 7 }, props: { scrollDepth: 50 } }])
})

test('names can be others', () => {
  stop = trackScroll(tracker, { eventType: 'post_scroll_depth', describe: (depth) => ({ props: { depth } }) })
  scrollTo(300)
  leavePage()
  expect(take()).toEqual([{ eventType: 'post_scroll_depth', props: { depth: 50 } }])
})
