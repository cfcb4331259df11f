import { afterEach, expect, test } from 'vitest'
import { trackLinks } from './links.ts'
import { createRecorder } from './testing/recorder.ts'

const { tracker, take } = createRecorder()
let stop = () => {}

afterEach(() => {
  stop()
  take()
  document.body.innerHTML = ''
})

/** Tells whether the browser would have followed the link; happy-dom really does, so that this must keep it. */
function click(html: string, type = 'click', init: MouseEventInit = {}): boolean {
  document.body.innerHTML = html
  const target = document.querySelector('b') ?? (document.querySelector('a') as Element)
  let follows = false
  const keep = (event: Event) => {
    follows = !event.defaultPrevented
    event.preventDefault()
  }
  target.addEventListener(type, keep)
  target.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, composed: true, ...init }))
  return follows
}
const outside = '<a href="https://tickets.example/e/1?token=secret#seat"><b>Tickets</b></a>'

test('a link out of the site is an outbound event on the link, without its query', () => {
  stop = trackLinks(tracker)
  click(outside)
  expect(take()).toEqual([
    {
      eventType: 'outbound',
      entity: { type: 'link', id: 'tickets.example/e/1' },
      props: { url: 'https://tickets.example/e/1' },
    },
  ])
})

test('the markup around a link names the entity', () => {
  stop = trackLinks(tracker, { eventTypes: { outbound: 'outbound_click', download: false }, surface: 'feed' })
  click(`<article data-track-entity="event:e-1" data-track-position="2">${outside}</article>`)
  expect(take()).toEqual([
    {
      eventType: 'outbound_click',
      entity: { type: 'event', id: 'e-1' },
      surface: 'feed',
      position: 2,
      props: { url: 'https://tickets.example/e/1' },
    },
  ])
})

test('a link to a file, or with a download attribute, is a download', () => {
  stop = trackLinks(tracker)
  click('<a href="/files/report.PDF?v=2">a</a>')
  click('<a href="/export" download>b</a>')
  click('<a href="https://cdn.example/a.zip">c</a>')
  click('<a href="blob:https://shop.example/1-2-3" download="mine.csv">d</a>')
  expect(take().map(({ eventType, entity, props }) => [eventType, entity?.id, props?.url])).toEqual([
    ['download', `${location.host}/files/report.PDF`, `${location.origin}/files/report.PDF`],
    ['download', `${location.host}/export`, `${location.origin}/export`],
    ['download', 'cdn.example/a.zip', 'https://cdn.example/a.zip'],
    ['download', 'mine.csv', 'mine.csv'],
  ])
})

test('any way to open a link counts, and the context menu does not', () => {
  stop = trackLinks(tracker)
  click(outside, 'click', { ctrlKey: true })
  click(outside, 'click', { detail: 0 })
  click(outside, 'auxclick', { button: 1 })
  expect(take()).toHaveLength(3)
  click(outside, 'auxclick', { button: 2 })
  expect(take()).toEqual([])
})

test('links within the site, to mail and to nowhere say nothing', () => {
  stop = trackLinks(tracker)
  for (const href of ['/about', '#top', '', 'mailto:a@b.example', 'tel:+32', 'javascript:void 0', 'https://[']) {
    click(`<a href="${href}">x</a>`)
  }
  click('<a>no link</a>')
  click('<b>no link</b>')
  expect(take()).toEqual([])
})

test('the link works as before', () => {
  stop = trackLinks(tracker)
  expect(click(outside)).toBe(true)
})

test('the page says which links lead out, which are files and which are not its business', () => {
  stop = trackLinks(tracker, {
    downloads: /\.stl$/,
    isOutbound: ({ host }) => host === 'other.org',
    describe: ({ pathname }) => pathname !== '/private.stl' && { props: { from: 'footer' } },
  })
  click(outside)
  click('<a href="/model.stl">a</a>')
  click('<a href="/private.stl">b</a>')
  click('<a href="/report.pdf">c</a>')
  click('<a href="https://other.org/">d</a>')
  expect(take().map(({ eventType, props }) => [eventType, props])).toEqual([
    ['download', { from: 'footer' }],
    ['outbound', { from: 'footer' }],
  ])
})

test('an id is as long as the wire takes, and nothing is recorded after the end', () => {
  stop = trackLinks(tracker)
  click(`<a href="https://long.example/${'x'.repeat(500)}">a</a>`)
  expect(String(take()[0]?.entity?.id)).toHaveLength(200)
  stop()
  click(outside)
  expect(take()).toEqual([])
})
