import { afterEach, beforeEach, expect, test } from 'vitest'
import { trackDeclared } from './declarative.ts'
import { createRecorder } from './testing/recorder.ts'

const { tracker, take } = createRecorder()
let stop = () => {}

beforeEach(() => {
  stop = trackDeclared(tracker)
})
afterEach(() => {
  stop()
  take()
  document.body.innerHTML = ''
})

function show(html: string): void {
  document.body.innerHTML = html
}
const find = (selector: string) => document.querySelector(selector) as HTMLElement
const send = (selector: string, type: string, init: MouseEventInit = {}) =>
  find(selector).dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, composed: true, ...init }))

test('a click on a marked element, or in it, is what the markup says', () => {
  show(`<button data-track="save" data-track-entity="project:42" data-track-surface="explore" data-track-position="3">
    <b>Save</b></button>`)
  find('b').click()
  expect(take()).toEqual([
    { eventType: 'save', entity: { type: 'project', id: '42' }, surface: 'explore', position: 3 },
  ])
})

test('props are numbers, truths, lists and texts as they read', () => {
  show(`<button data-track="rate" data-track-prop-rating="5" data-track-prop-is-new="true" data-track-prop-view_ms="1.5"
    data-track-prop-tags='["a"]' data-track-prop-code="007" data-track-prop-note="it's fine"
    data-track-prop-text='"12"'></button>`)
  find('button').click()
  expect(take()[0]?.props).toEqual({
    rating: 5,
    isNew: true,
    view_ms: 1.5,
    tags: ['a'],
    code: '007',
    note: "it's fine",
    text: '12',
  })
})

test('the innermost marked element counts, once', () => {
  show('<article data-track="click" data-track-entity="project:1"><button data-track="save">Save</button></article>')
  find('button').click()
  find('article').click()
  expect(take().map(({ eventType, entity }) => [eventType, entity?.id])).toEqual([
    ['save', '1'],
    ['click', '1'],
  ])
})

test('a form is recorded when it is submitted, and not when it is clicked', () => {
  show('<form data-track="form_submit" data-track-entity="form:f"><input><button data-track="click">Go</button></form>')
  find('input').click()
  expect(take()).toEqual([])
  find('form').addEventListener('submit', (event) => event.preventDefault())
  find('form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
  expect(take().map(({ eventType }) => eventType)).toEqual(['form_submit'])
})

test('the middle button counts on a link, the right one on nothing', () => {
  show('<a href="#x" data-track="click"><b></b></a><button data-track="save"></button>')
  send('b', 'auxclick', { button: 1 })
  send('b', 'auxclick', { button: 2 })
  send('button', 'auxclick', { button: 1 })
  expect(take().map(({ eventType }) => eventType)).toEqual(['click'])
})

test('is heard although the page stops the event, and the page may cancel it or not', () => {
  show('<a href="#x" data-track="click"></a>')
  find('a').addEventListener('click', (event) => event.stopImmediatePropagation())
  expect(send('a', 'click')).toBe(true)
  find('a').addEventListener('click', (event) => event.preventDefault(), true)
  expect(send('a', 'click')).toBe(false)
  expect(take()).toHaveLength(2)
})

test('is heard inside a shadow tree', () => {
  show('<div data-track-entity="project:42"></div>')
  const root = find('div').attachShadow({ mode: 'open' })
  root.innerHTML = '<button data-track="save"><b></b></button>'
  root.querySelector('b')?.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }))
  expect(take()).toEqual([{ eventType: 'save', entity: { type: 'project', id: '42' } }])
})

test('elements that come later are heard, and nothing after the end', () => {
  show('<button data-track="save"></button>')
  find('button').click()
  stop()
  find('button').click()
  expect(take()).toHaveLength(1)
})

test('what is not marked says nothing', () => {
  show('<button data-track="">a</button><i data-track-entity="project:1">b</i>')
  find('button').click()
  find('i').click()
  document.dispatchEvent(new MouseEvent('click', { bubbles: true }))
  expect(take()).toEqual([])
})
