import { afterEach, expect, test } from 'vitest'
import { readMarkup } from './markup.ts'

afterEach(() => {
  document.body.innerHTML = ''
})

function read(html: string): unknown {
  document.body.innerHTML = html
  return readMarkup(document.querySelector('#it') as Element)
}

test('reads the entity, the surface and the position of an element', () => {
  const html = '<p id="it" data-track-entity="project:42" data-track-surface="explore" data-track-position="0"></p>'
  expect(read(html)).toEqual({ entity: { type: 'project', id: '42' }, surface: 'explore', position: 0 })
})

test('takes each from the nearest element that has it', () => {
  const html = `
    <main data-track-surface="explore" data-track-position="9">
      <article data-track-entity="project:42" data-track-position="3"><button id="it"></button></article>
    </main>`
  expect(read(html)).toEqual({ entity: { type: 'project', id: '42' }, surface: 'explore', position: 3 })
})

test('an empty attribute hides what stands further out', () => {
  expect(read('<main data-track-entity="project:42"><p id="it" data-track-entity></p></main>')).toEqual({})
})

test('an id may hold colons', () => {
  expect(read('<p id="it" data-track-entity="article:urn:isbn:1"></p>')).toEqual({
    entity: { type: 'article', id: 'urn:isbn:1' },
  })
})

test('an entity without a type or an id is none', () => {
  for (const entity of ['project', 'project:', ':42', ':', '']) {
    expect(read(`<p id="it" data-track-entity="${entity}"></p>`)).toEqual({})
  }
})

test('looks through the borders of shadow trees', () => {
  document.body.innerHTML = '<div data-track-entity="project:42"></div>'
  const outer = document.querySelector('div')?.attachShadow({ mode: 'closed' })
  const host = document.createElement('p')
  host.dataset.trackSurface = 'explore'
  outer?.append(host)
  const inner = document.createElement('button')
  host.attachShadow({ mode: 'open' }).append(inner)
  expect(readMarkup(inner)).toEqual({ entity: { type: 'project', id: '42' }, surface: 'explore' })
})
