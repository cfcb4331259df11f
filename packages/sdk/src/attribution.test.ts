import { attributionSchema } from '@tallymark/schemas'
import * as limits from '@tallymark/schemas/limits'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { campaignOf, cut, parseAttribution } from './attribution.ts'

test('reads the campaign, the click id and the referrer', () => {
  const url = 'https://shop.example/p?utm_source=Ads&utm_medium=cpc&utm_campaign=May&utm_term=a&utm_content=b&gclid=Xy1'
  expect(parseAttribution(url, 'https://search.example/find?q=secret#top')).toEqual({
    utmSource: 'Ads',
    utmMedium: 'cpc',
    utmCampaign: 'May',
    utmTerm: 'a',
    utmContent: 'b',
    clickId: 'Xy1',
    clickIdType: 'gclid',
    landingPage: url,
    referrer: 'https://search.example/find',
  })
})

test.each(limits.clickIdParams)('knows the click id %s, in any case', (name) => {
  const { clickId, clickIdType } = parseAttribution(`https://a.example/?${name.toUpperCase()}=v`, '')
  expect({ clickId, clickIdType }).toEqual({ clickId: 'v', clickIdType: name })
})

test('takes no other parameter, no fragment and no password of a URL', () => {
  const { landingPage } = parseAttribution('https://me:pw@a.example/p?email=x@y.z&utm_source=n#token=1', '')
  expect(landingPage).toBe('https://a.example/p?utm_source=n')
})

test('a page of the same site is no referrer', () => {
  expect(parseAttribution('https://a.example/b', 'https://a.example/c').referrer).toBeUndefined()
})

test.each(['', 'about:blank', 'file:///home/me/page.html', 'android-app://com.example', 'not a url'])(
  'says nothing about %j',
  (url) => {
    expect(JSON.stringify(parseAttribution(url, url))).toBe('{}')
  },
)

test('a visit without a campaign has none', () => {
  expect(campaignOf(parseAttribution('https://a.example/', 'https://b.example/'))).toBe('{}')
})

const urlLike = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.string({ unit: 'binary' }),
  fc
    .tuple(
      fc.webUrl({ size: 'large' }),
      fc.array(
        fc.tuple(
          fc.oneof(fc.string(), fc.constantFrom('utm_source', 'UTM_Campaign', 'gclid', 'email', 'token')),
          fc.string({ unit: 'grapheme', size: 'large' }),
        ),
      ),
    )
    .map(([url, params]) => `${url}?${new URLSearchParams(params)}#${params.length}`),
)

test('never throws, and stays within the limits of the wire', () => {
  fc.assert(
    fc.property(urlLike, urlLike, (url, referrer) => {
      attributionSchema.parse(parseAttribution(url, referrer))
    }),
  )
})

test('whatever URL goes in, no other parameter comes out', () => {
  fc.assert(
    fc.property(urlLike, urlLike, (url, referrer) => {
      const { landingPage, referrer: from } = parseAttribution(url, referrer)
      for (const said of [landingPage, from]) {
        if (!said) continue
        const { searchParams, hash, username, password } = new URL(said)
        expect([hash, username, password]).toEqual(['', '', ''])
        for (const name of searchParams.keys()) expect(limits.isCampaignParam(name)).toBe(true)
      }
    }),
  )
})

test('a URL beyond the limit loses its query first and its tail then', () => {
  const long = `https://a.example/${'x'.repeat(limits.maxUrlLength)}?utm_source=n`
  expect(parseAttribution(long, '').landingPage).toHaveLength(limits.maxUrlLength)
  const wide = `https://a.example/p?utm_source=${'x'.repeat(limits.maxUrlLength)}`
  expect(parseAttribution(wide, '').landingPage).toBe('https://a.example/p')
})

test('cutting leaves no half of a character behind', () => {
  expect(cut('ab😀', 3)).toBe('ab')
})
