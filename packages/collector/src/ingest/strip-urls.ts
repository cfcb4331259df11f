import { limits } from '@tallymark/schemas'
import type { Step } from './draft.ts'

/** Queries and fragments carry names, searches and tokens: of a URL only what says how the visitor came is kept. */
export const stripUrls: Step = (draft) => {
  const { attribution, context } = draft
  if (attribution && (attribution.referrer || attribution.landingPage)) {
    const { referrer, landingPage } = attribution
    draft.attribution = {
      ...attribution,
      ...(referrer !== undefined && { referrer: stripUrl(referrer) }),
      ...(landingPage !== undefined && { landingPage: stripUrl(landingPage) }),
    }
  }
  if (context?.path !== undefined && needsStripping(context.path)) {
    draft.context = { ...context, path: strip(context.path) }
  }
  return undefined
}

const needsStripping = (url: string) => url.includes('?') || url.includes('#')

/** Also drops a user name and a password that stand before the host. */
function stripUrl(url: string): string {
  const bare = /^https?:\/\/[^/?#]*@/i.test(url) ? withoutCredentials(url) : url
  return needsStripping(bare) ? strip(bare) : bare
}

function withoutCredentials(url: string): string {
  const parsed = new URL(url)
  parsed.username = ''
  parsed.password = ''
  return parsed.href
}

/** Works on the text, so that what is kept stands as it was sent. */
function strip(url: string): string {
  const [beforeFragment = ''] = url.split('#', 1)
  const start = beforeFragment.indexOf('?')
  if (start < 0) return beforeFragment
  const kept = beforeFragment
    .slice(start + 1)
    .split('&')
    .filter((pair) => limits.isCampaignParam(pair.split('=', 1)[0] ?? ''))
  return beforeFragment.slice(0, start) + (kept.length > 0 ? `?${kept.join('&')}` : '')
}
