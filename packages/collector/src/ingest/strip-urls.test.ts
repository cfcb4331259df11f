import { compilePlan, generalPlan } from '@tallymark/schemas'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode } from './decode.ts'
import type { Draft } from './draft.ts'
import { inherit } from './inherit.ts'
import { stripUrls } from './strip-urls.ts'

const plan = compilePlan(generalPlan)

function stripped(event: Record<string, unknown>): Draft {
  const request = { receivedAt: 0, trust: 'public' as const, keyId: 'k1', clientKey: null, actor: null, client: null }
  const draft = decode({ eventType: 'page_view', ...event }, { pointer: '' }, plan, request)
  if (!('event' in draft)) throw new Error(draft.detail)
  inherit(draft)
  stripUrls(draft)
  return draft
}

describe('of a URL nothing is kept but the page and the campaign', () => {
  test.each([
    ['https://a.example/p?email=x%40y.z', 'https://a.example/p'],
    ['https://a.example/p?utm_source=n&token=1&gclid=2#top', 'https://a.example/p?utm_source=n&gclid=2'],
    ['https://a.example/p#access_token=1', 'https://a.example/p'],
    ['https://user:secret@a.example/p', 'https://a.example/p'],
    ['https://a.example/p', 'https://a.example/p'],
    ['', ''],
  ])('%s becomes %s', (url, expected) => {
    expect(stripped({ attribution: { landingPage: url, referrer: url } }).attribution).toEqual({
      landingPage: expected,
      referrer: expected,
    })
  })

  test('a path is stripped likewise', () => {
    expect(stripped({ context: { path: '/search?q=secret#results', locale: 'de' } }).context).toEqual({
      path: '/search',
      locale: 'de',
    })
  })

  test('whatever stands in the query, none of it but campaign parameters comes through', () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/).filter((text) => !text.startsWith('utm') && !text.includes('clid'))
    const query = fc.array(fc.tuple(name, fc.webQueryParameters()), { maxLength: 5 })
    fc.assert(
      fc.property(fc.webUrl(), query, fc.webFragments(), (base, pairs, fragment) => {
        const url = `${base}?utm_medium=m&${pairs.map(([key, value]) => `${key}=${value.replaceAll('&', '')}`).join('&')}#${fragment}`
        fc.pre(url.length <= 2048)
        expect(stripped({ attribution: { landingPage: url } }).attribution?.landingPage).toBe(`${base}?utm_medium=m`)
      }),
    )
  })
})
