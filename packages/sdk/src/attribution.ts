import * as limits from '@tallymark/schemas/limits'
import type { Attribution } from './tracked-event.ts'

/**
 * Reads a touch from the URL that the visitor landed on and the page that sent them. Of the two URLs only the path
 * and the campaign parameters are kept: other parameters carry search words, e-mail addresses and secrets.
 * Never throws; what is not a URL says nothing.
 */
export function parseAttribution(landingUrl: string, referrerUrl: string): Attribution {
  const landing = parseUrl(landingUrl)
  const referrer = parseUrl(referrerUrl)
  const params = campaignParams(landing)
  const take = (name: string) => cut(params.get(name) ?? '', limits.maxAttributionLength) || undefined
  const clickIdType = limits.clickIdParams.find((name) => params.has(name))
  return {
    utmSource: take('utm_source'),
    utmMedium: take('utm_medium'),
    utmCampaign: take('utm_campaign'),
    utmTerm: take('utm_term'),
    utmContent: take('utm_content'),
    clickIdType,
    clickId: clickIdType && take(clickIdType),
    landingPage: landing && strip(landing, params),
    // A page of one's own site sends nobody: that is moving about.
    referrer: referrer && referrer.origin !== landing?.origin ? strip(referrer, campaignParams(referrer)) : undefined,
  }
}

/** What makes two touches the same campaign; `{}` for a touch without one. */
export function campaignOf(touch: Attribution): string {
  const { referrer, landingPage, ...campaign } = touch
  return JSON.stringify(campaign)
}

/** A text of at most so many UTF-16 units, never half a character at its end. */
export function cut(text: string, maxLength: number): string {
  return text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '')
}

/** Undefined for what is no URL of a page. */
export function parseUrl(url: string, base?: string): URL | undefined {
  try {
    const parsed = new URL(url, base)
    return /^https?:$/.test(parsed.protocol) ? parsed : undefined
  } catch {
    return undefined
  }
}

/** The first non-empty value of each campaign parameter. Names are taken in lower case: `UTM_Source`, `ScCid`. */
function campaignParams(url: URL | undefined): URLSearchParams {
  const kept = new URLSearchParams()
  url?.searchParams.forEach((value, name) => {
    const key = name.toLowerCase()
    if (value && limits.isCampaignParam(key) && !kept.has(key)) kept.set(key, value)
  })
  return kept
}

function strip({ origin, pathname }: URL, params: URLSearchParams): string | undefined {
  // The origin leaves out a user name and password in the URL.
  const bare = origin + pathname
  const full = `${bare}?${params}`.replace(/\?$/, '')
  const fitting = full.length > limits.maxUrlLength ? bare.slice(0, limits.maxUrlLength) : full
  return parseUrl(fitting) && fitting
}
