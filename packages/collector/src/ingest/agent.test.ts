import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agentReader } from './agent.ts'

const none = { brands: '', platform: '', mobile: '' }
const read = agentReader()
const agentOf = (userAgent: string, hints: Partial<typeof none> = {}) => {
  const { json, isBot } = read({ userAgent, ...none, ...hints })
  return { ...JSON.parse(json ?? '{}'), isBot }
}

const chrome = (system: string, more = '') =>
  `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 ${more}Safari/537.36`
const webkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const iphone = `Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) ${webkit}`

describe('a user agent tells', () => {
  test.each([
    [chrome('Windows NT 10.0; Win64; x64'), 'Chrome', 'Windows', 'desktop'],
    [`${chrome('Windows NT 10.0; Win64; x64')} Edg/142.0.0.0`, 'Microsoft Edge', 'Windows', 'desktop'],
    [`${chrome('X11; Linux x86_64')} OPR/115.0.0.0`, 'Opera', 'Linux', 'desktop'],
    [chrome('X11; CrOS x86_64 14541.0.0'), 'Chrome', 'Chrome OS', 'desktop'],
    [chrome('Linux; Android 10; K', 'Mobile '), 'Chrome', 'Android', 'mobile'],
    [chrome('Linux; Android 10; K'), 'Chrome', 'Android', 'tablet'],
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/18.1 Safari/605.1.15`,
      'Safari',
      'macOS',
      'desktop',
    ],
    [`${iphone} Version/18.1 Mobile/15E148 Safari/604.1`, 'Safari', 'iOS', 'mobile'],
    [`${iphone} CriOS/142.0.0.0 Mobile/15E148 Safari/604.1`, 'Chrome', 'iOS', 'mobile'],
    [
      `Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) ${webkit} Version/17.6 Mobile/15E148 Safari/604.1`,
      'Safari',
      'iOS',
      'tablet',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox', 'Linux', 'desktop'],
    ['Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0', 'Firefox', 'Android', 'mobile'],
    [chrome('Web0S; Linux/SmartTV'), 'WebOS Browser', 'WebOS', 'tv'],
  ])('of %s: %s, %s, %s', (userAgent, browser, os, device) => {
    expect(agentOf(userAgent)).toEqual({ browser, os, device, isBot: false })
  })

  test('nothing, where there is none', () => {
    expect(read({ userAgent: '', ...none })).toEqual({ json: null, isBot: false })
  })

  test('nothing but its signs, where an unknown program names itself: such names have no end', () => {
    expect(read({ userAgent: 'MyApp/3.1 CFNetwork/1494.0.7 Darwin/23.4.0', ...none })).toEqual({
      json: null,
      isBot: false,
    })
  })
})

describe('client hints', () => {
  const linux = chrome('X11; Linux x86_64')

  test('name a browser whose user agent hides it', () => {
    const brands = '"Chromium";v="142", "Brave";v="142", "Not_A Brand";v="99"'
    expect(agentOf(linux, { brands })).toMatchObject({ browser: 'Brave' })
  })

  test('say the system and that it is a phone', () => {
    expect(agentOf(linux, { platform: '"Android"', mobile: '?1' })).toMatchObject({ os: 'Android', device: 'mobile' })
    expect(agentOf(linux, { platform: '"Chromium OS"', mobile: '?0' })).toMatchObject({ os: 'Chrome OS' })
  })

  test('that make no sense say nothing', () => {
    const hints = { brands: 'Brave;v=1', platform: '"constructor"', mobile: 'yes' }
    expect(agentOf(linux, hints)).toEqual(agentOf(linux))
  })
})

describe('a user agent says that it is a program', () => {
  test.each([
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36',
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'curl/8.5.0',
    'python-requests/2.31.0',
    'node',
  ])('%s', (userAgent) => {
    expect(agentOf(userAgent).isBot).toBe(true)
  })

  test('but not where it fetches the images of a mail that somebody opened', () => {
    const proxy = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'
    expect(agentOf(proxy).isBot).toBe(false)
  })
})

test('whatever is sent, what is kept is short and from a known list', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 2000 }),
    fc.constantFrom(chrome('X11; Linux x86_64'), 'Version/'.repeat(9000)),
  )
  fc.assert(
    fc.property(text, text, text, text, (userAgent, brands, platform, mobile) => {
      const { json } = read({ userAgent, brands, platform, mobile })
      expect(json?.length ?? 0).toBeLessThan(120)
      expect(read({ userAgent, brands, platform, mobile })).toBe(read({ userAgent, brands, platform, mobile }))
    }),
  )
})
