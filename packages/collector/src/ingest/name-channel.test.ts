import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { draftOf } from '../testing/drafts.ts'
import { nameChannel } from './name-channel.ts'

function channelOf(attribution?: Record<string, unknown>) {
  const draft = draftOf({ attribution })
  expect(nameChannel(draft)).toBeUndefined()
  return draft.channel
}

describe('the page that sent the visitor is', () => {
  test.each([
    ['https://www.google.com/', 'organic_search'],
    ['https://www.google.co.uk/', 'organic_search'],
    ['https://google.de/', 'organic_search'],
    ['https://duckduckgo.com/', 'organic_search'],
    ['https://r.search.yahoo.com/_ylt=A0', 'organic_search'],
    ['https://yandex.com.tr/', 'organic_search'],
    ['https://l.facebook.com/l.php', 'social'],
    ['https://t.co/abc', 'social'],
    ['https://www.pinterest.co.uk/', 'social'],
    ['https://old.reddit.com/r/all', 'social'],
    ['https://mail.google.com/mail/u/0/', 'email'],
    ['https://outlook.live.com/', 'email'],
    ['https://mail.yandex.ru/', 'email'],
    ['https://chatgpt.com/', 'ai_assistant'],
    ['https://gemini.google.com/app', 'ai_assistant'],
    ['https://copilot.microsoft.com/', 'ai_assistant'],
    ['https://www.perplexity.ai/search', 'ai_assistant'],
    ['https://docs.google.com/document/d/1', 'referral'],
    ['https://googleads.g.doubleclick.net/', 'paid'],
    ['HTTPS://WWW.GOOGLE.COM/', 'organic_search'],
    ['https://google.com.evil.example/', 'referral'],
    ['https://notgoogle.com/', 'referral'],
    ['https://chatgpt.com.example/', 'referral'],
    ['https://some.blog.example/post', 'referral'],
    ['http://192.0.2.1:8080/', 'referral'],
  ])('%s: %s', (referrer, channel) => {
    expect(channelOf({ referrer, landingPage: 'https://shop.example/' })).toBe(channel)
  })

  test.each([
    ['https://shop.example/cart', 'https://shop.example/'],
    ['https://www.shop.example/', 'https://shop.example/'],
    ['https://blog.shop.example/', 'https://shop.example/'],
    ['https://shop.example/', 'https://www.checkout.shop.example/'],
    ['http://SHOP.example:8080/', 'https://shop.example/'],
  ])('%s on the way to %s: internal', (referrer, landingPage) => {
    expect(channelOf({ referrer, landingPage })).toBe('internal')
  })

  test('a neighbour, where only the end of the name is the same: referral', () => {
    expect(channelOf({ referrer: 'https://myshop.example/', landingPage: 'https://shop.example/' })).toBe('referral')
  })
})

describe('a campaign is', () => {
  test.each([
    ['cpc', 'google', 'paid'],
    ['paid-social', 'facebook', 'paid'],
    ['paidsearch', undefined, 'paid'],
    ['social_paid', 'facebook', 'paid'],
    ['unpaid', 'facebook', 'social'],
    ['Email', 'spring', 'email'],
    ['newsletter', undefined, 'email'],
    ['organic', 'bing', 'organic_search'],
    ['social', 'somewhere', 'social'],
    ['referral', 'partner', 'referral'],
    ['post', 'instagram', 'social'],
    [undefined, 'chatgpt.com', 'ai_assistant'],
    [undefined, 'ChatGPT', 'ai_assistant'],
    [undefined, 'www.linkedin.com', 'social'],
    [undefined, 'newsletter', 'email'],
    [undefined, 'our-partner', 'referral'],
    ['constructor', 'constructor', 'referral'],
  ])('medium %s, source %s: %s', (utmMedium, utmSource, channel) => {
    expect(channelOf({ utmMedium, utmSource })).toBe(channel)
  })

  test('worth more than the page that sent the visitor', () => {
    const referrer = 'https://www.google.com/'
    expect(channelOf({ referrer, utmMedium: 'email' })).toBe('email')
    expect(channelOf({ referrer, utmSource: 'facebook' })).toBe('social')
    expect(channelOf({ referrer, utmSource: 'our-partner' })).toBe('organic_search')
    expect(
      channelOf({ referrer: 'https://shop.example/', landingPage: 'https://shop.example/', utmMedium: 'cpc' }),
    ).toBe('paid')
  })
})

describe('a click id is', () => {
  test.each([
    ['gclid', 'paid'],
    ['msclkid', 'paid'],
    ['ttclid', 'paid'],
    ['fbclid', 'social'],
    ['ysclid', 'organic_search'],
  ])('%s: %s', (clickIdType, channel) => {
    expect(channelOf({ clickIdType, clickId: 'x', referrer: 'https://www.google.com/' })).toBe(channel)
  })

  test('of a kind that nobody knows: no sign of anything', () => {
    expect(channelOf({ clickIdType: 'constructor' })).toBe('direct')
  })
})

test('an arrival of which nothing is known is direct, and no arrival is none', () => {
  expect(channelOf({ landingPage: 'https://shop.example/' })).toBe('direct')
  expect(channelOf({ referrer: '', landingPage: '' })).toBe('direct')
  expect(channelOf({})).toBe('direct')
  expect(channelOf(undefined)).toBeNull()
})

test('every attribution has one channel, and the same one each time', () => {
  const text = fc.option(fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('google', 'cpc', 't.co')), {
    nil: undefined,
  })
  const url = fc.option(fc.webUrl(), { nil: undefined })
  fc.assert(
    fc.property(text, text, url, url, (utmSource, utmMedium, referrer, landingPage) => {
      const attribution = { utmSource, utmMedium, referrer, landingPage }
      expect(channelOf(attribution)).toEqual(expect.any(String))
      expect(channelOf(attribution)).toBe(channelOf(attribution))
    }),
  )
})
