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

const urls = { attribution: ['referrer', 'landingPage'], context: ['path'] }

/** The same for what may be no valid event, without a change to it: each text that stands where a URL belongs. */
export function strippedOfUrls(sent: object): object {
  const stripped: Record<string, unknown> = { ...sent }
  for (const [part, names] of Object.entries(urls)) {
    const fields = stripped[part]
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) continue
    const copy: Record<string, unknown> = { ...fields }
    for (const name of names) {
      const url = copy[name]
      if (typeof url === 'string') copy[name] = stripUrl(url)
    }
    stripped[part] = copy
  }
  return stripped
}

const needsStripping = (url: string) => url.includes('?') || url.includes('#')

const credentials = /^(https?:\/\/)[^/?#]*@/i

/** Also drops a user name and a password that stand before the host. */
function stripUrl(url: string): string {
  const bare = credentials.test(url) ? withoutCredentials(url) : url
  return needsStripping(bare) ? strip(bare) : bare
}

function withoutCredentials(url: string): string {
  const parsed = URL.parse(url)
  // Only what is refused has a URL that is none.
  if (!parsed) return url.replace(credentials, '$1')
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
