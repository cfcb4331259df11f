import fc from 'fast-check'
import { expect, test } from 'vitest'
import { surfaceFromReferrer, surfaceFromTab } from './surface.ts'

const page = 'https://shop.example/projects/42'
const rules = {
  '/': 'home',
  '/explore': 'explore',
  '/explore/new': 'explore_new',
  '/u': 'profile',
  '/*': 'elsewhere',
  'google.com': 'search',
  '*': 'embed',
} as const

test.each([
  ['https://shop.example/', 'home'],
  ['https://shop.example/explore', 'explore'],
  ['https://shop.example/explore/jazz?q=private#top', 'explore'],
  ['https://shop.example/explore/new/today', 'explore_new'],
  ['https://shop.example/explorer', 'elsewhere'],
  ['https://shop.example/u/ada', 'profile'],
  ['https://www.google.com/', 'search'],
  ['https://google.com', 'search'],
  ['https://notgoogle.com/', 'embed'],
  ['http://shop.example/explore', 'embed'],
  ['https://news.example/explore', 'embed'],
])('a visitor from %s comes from %s', (referrer, surface) => {
  expect(surfaceFromReferrer(rules, referrer, page)).toBe(surface)
})

test('a visitor from nowhere, or from where no rule fits, has no surface', () => {
  expect(surfaceFromReferrer(rules, '', page)).toBeUndefined()
  expect(surfaceFromReferrer({ '/explore': 'explore' }, 'https://news.example/explore', page)).toBeUndefined()
  expect(surfaceFromReferrer({}, 'https://shop.example/', page)).toBeUndefined()
})

test('the referrer and the page are those of the document unless they are given', () => {
  expect(surfaceFromReferrer(rules)).toBeUndefined()
})

test('whatever the referrer is, the surface is one of the rules or none', () => {
  const surfaces: unknown[] = [...Object.values(rules), undefined]
  fc.assert(
    fc.property(fc.oneof(fc.webUrl(), fc.string()), fc.oneof(fc.webUrl(), fc.string()), (referrer, at) => {
      expect(surfaces).toContain(surfaceFromReferrer(rules, referrer, at))
    }),
  )
})

test('the active tab says the surface by its name or its place', () => {
  const tabs = { forYou: 'explore_for_you', trending: 'explore_trending' } as const
  expect(surfaceFromTab(tabs, 'trending')).toBe('explore_trending')
  expect(surfaceFromTab(['explore_for_you', 'explore_new'], 1)).toBe('explore_new')
})

test('a tab that is not listed says nothing', () => {
  const tabs = { forYou: 'explore_for_you' }
  for (const active of ['new', 'toString', '__proto__', '', null, undefined, 0]) {
    expect(surfaceFromTab(tabs, active)).toBeUndefined()
  }
})
