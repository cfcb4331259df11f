import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { trackImpressions } from './impressions.ts'
import { FakeObserver } from './testing/fake-observer.ts'
import { comeBack, createRecorder, hide } from './testing/recorder.ts'

const { tracker, take } = createRecorder()
const said = vi.spyOn(console, 'error').mockImplementation(() => {})
let stop = () => {}

beforeEach(() => {
  vi.stubGlobal('IntersectionObserver', FakeObserver)
  vi.useFakeTimers()
  history.replaceState(null, '', '/explore')
})
afterEach(() => {
  stop()
  take()
  hide('visible')
  document.body.innerHTML = ''
  vi.useRealTimers()
})

const card = (id: string | number, surface = 'explore_new') =>
  `<article id="c${id}" data-track-impression data-track-entity="project:${id}" data-track-surface="${surface}"
    data-track-position="${id}"></article>`
const find = (selector: string) => document.querySelector(selector) as HTMLElement
const scrollTo = (selector: string, ratio = 1, height?: number) =>
  FakeObserver.latest.show(find(selector), ratio, height)
const ids = () => take().map(({ entity }) => entity?.id)
/** Mutations are told in a microtask, and new elements are looked for now and then. */
const settle = () => vi.advanceTimersByTimeAsync(200)

test('an element of which half was visible for a second was seen', () => {
  document.body.innerHTML = card(1)
  stop = trackImpressions(tracker)
  scrollTo('#c1', 0.5)
  vi.advanceTimersByTime(999)
  expect(take()).toEqual([])
  vi.advanceTimersByTime(1)
  expect(take()).toEqual([
    { eventType: 'impression', entity: { type: 'project', id: '1' }, surface: 'explore_new', position: 1 },
  ])
})

test('an element that was visible too little or too short was not seen', () => {
  document.body.innerHTML = card(1) + card(2)
  stop = trackImpressions(tracker)
  scrollTo('#c1', 0.49)
  scrollTo('#c2', 0.9)
  vi.advanceTimersByTime(900)
  scrollTo('#c2', 0.4)
  scrollTo('#c2', 0.9)
  vi.advanceTimersByTime(900)
  expect(take()).toEqual([])
})

test('an element taller than two windows was seen when it filled half of the window', () => {
  document.body.innerHTML = card(1)
  stop = trackImpressions(tracker)
  scrollTo('#c1', 0.1, innerHeight / 2)
  vi.advanceTimersByTime(1_000)
  expect(ids()).toEqual(['1'])
})

test('an entity counts once on a page and surface, however often it is scrolled by', () => {
  document.body.innerHTML = card(1) + card(1, 'related').replace('c1', 'again')
  stop = trackImpressions(tracker)
  for (let times = 0; times < 3; times++) {
    for (const selector of ['#c1', '#again']) scrollTo(selector)
    vi.advanceTimersByTime(1_000)
    for (const selector of ['#c1', '#again']) scrollTo(selector, 0)
  }
  expect(take().map(({ surface }) => surface)).toEqual(['explore_new', 'related'])
})

test('a hidden page shows nothing, and the second begins when it is seen', () => {
  document.body.innerHTML = card(1)
  stop = trackImpressions(tracker)
  scrollTo('#c1')
  vi.advanceTimersByTime(900)
  // A browser does not render a hidden page, and tells nothing of its elements.
  const { observe } = FakeObserver.latest
  FakeObserver.latest.observe = () => {}
  hide()
  vi.advanceTimersByTime(60_000)
  FakeObserver.latest.observe = observe
  hide('visible')
  vi.advanceTimersByTime(999)
  expect(take()).toEqual([])
  vi.advanceTimersByTime(1)
  expect(ids()).toEqual(['1'])
})

test('elements that come later are watched', async () => {
  stop = trackImpressions(tracker)
  document.body.innerHTML = card(1)
  await settle()
  scrollTo('#c1')
  vi.advanceTimersByTime(1_000)
  expect(ids()).toEqual(['1'])
})

test('an element that gets another entity is looked at again', async () => {
  document.body.innerHTML = card(1)
  stop = trackImpressions(tracker)
  scrollTo('#c1')
  vi.advanceTimersByTime(1_000)
  find('#c1').dataset.trackEntity = 'project:2'
  await settle()
  vi.advanceTimersByTime(1_000)
  expect(ids()).toEqual(['1', '2'])
})

test('the next page of an application counts by itself', async () => {
  document.body.innerHTML = card(1)
  stop = trackImpressions(tracker)
  scrollTo('#c1')
  vi.advanceTimersByTime(1_000)
  history.pushState(null, '', '/next')
  document.body.innerHTML = '<p>another page</p>'
  await settle()
  history.pushState(null, '', '/explore')
  document.body.innerHTML = card(1)
  await settle()
  scrollTo('#c1')
  vi.advanceTimersByTime(1_000)
  expect(ids()).toEqual(['1', '1'])
})

test('a page out of the back/forward cache counts by itself', () => {
  document.body.innerHTML = card(1)
  stop = trackImpressions(tracker)
  scrollTo('#c1')
  vi.advanceTimersByTime(1_000)
  window.dispatchEvent(new Event('pageshow'))
  vi.advanceTimersByTime(1_000)
  expect(ids()).toEqual(['1'])
  comeBack()
  vi.advanceTimersByTime(1_000)
  expect(ids()).toEqual(['1'])
})

test('what was seen, how long and under which name can be said by the page', () => {
  document.body.innerHTML = '<li id="a" class="row">A</li>'
  stop = trackImpressions(tracker, {
    eventType: 'shown',
    selector: '.row',
    visible: 0.8,
    forMs: 50,
    surface: 'feed',
    describe: ({ id }) => ({ entity: { type: 'project', id }, position: 4 }),
  })
  scrollTo('#a', 0.79)
  vi.advanceTimersByTime(50)
  scrollTo('#a', 0.8)
  vi.advanceTimersByTime(50)
  expect(take()).toEqual([{ eventType: 'shown', surface: 'feed', entity: { type: 'project', id: 'a' }, position: 4 }])
})

test('nothing is recorded after the end', async () => {
  document.body.innerHTML = card(1)
  stop = trackImpressions(tracker)
  scrollTo('#c1')
  stop()
  vi.advanceTimersByTime(5_000)
  document.body.innerHTML = card(2)
  await settle()
  hide('visible')
  expect(FakeObserver.latest.observed.size).toBe(0)
  expect(take()).toEqual([])
})

test('a selector that is none, or a browser without observers, is one sentence on the console', () => {
  stop = trackImpressions(tracker, { selector: '[' })
  vi.stubGlobal('IntersectionObserver', undefined)
  stop = trackImpressions(tracker)
  expect(said.mock.calls.flat().filter((each) => String(each).includes('impressions failed'))).toHaveLength(1)
})
