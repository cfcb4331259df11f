import { type Attribution, limits } from '@tallymark/schemas'
import { BoundedMap } from '../bounded-map.ts'
import { type Channel, channelOfHost, channelOfSource } from './channel-hosts.ts'
import type { Step } from './draft.ts'

const cachedChannels = 10_000
const known = new BoundedMap<string, Channel>(cachedChannels)

/** By which channel the visitor came: the campaign says it, else the page that sent them. */
export const nameChannel: Step = (draft) => {
  const { attribution } = draft
  // Whoever says nothing of an arrival has not said that it was a direct one.
  draft.channel = attribution === undefined ? null : channelOf(attribution)
  return undefined
}

function channelOf({ utmSource = '', utmMedium = '', clickIdType = '', ...attribution }: Attribution): Channel {
  const referrer = hostOf(attribution.referrer)
  const landing = hostOf(attribution.landingPage)
  const key = `${utmSource}\n${utmMedium}\n${clickIdType}\n${referrer}\n${landing}`
  let channel = known.get(key)
  if (!channel) {
    channel =
      channelOfMedium(utmMedium.toLowerCase()) ??
      channelsOfClickId.get(clickIdType) ??
      channelOfSource(utmSource.toLowerCase()) ??
      channelOfReferrer(referrer.toLowerCase(), landing.toLowerCase()) ??
      // A campaign of which nothing is known has still sent somebody.
      (utmSource || utmMedium ? 'referral' : 'direct')
    known.set(key, channel)
  }
  return channel
}

/** The media that campaigns name. What they pay for is paid, wherever it stands. */
const media: readonly [RegExp, Channel][] = [
  [
    /(^|[-_ ])paid|^(cpc|ppc|cpm|cpv|cpa|cpi|ads?|display|banner|interstitial|retargeting|remarketing|sponsored)$/,
    'paid',
  ],
  [/^(e[-_ ]?mail|newsletter|mailing)$/, 'email'],
  [/^(organic|organic[-_ ]search|search)$/, 'organic_search'],
  [/^(social|social[-_ ](network|media)|organic[-_ ]social|sm)$/, 'social'],
  [/^(ai|llm|chatbot|ai[-_ ]assistant)$/, 'ai_assistant'],
  [/^(referral|affiliate|partner)$/, 'referral'],
]

const channelOfMedium = (medium: string) => media.find(([form]) => form.test(medium))?.[1]

const channelsOfClickId = new Map<string, Channel>([
  ...limits.clickIdParams.map((name) => [name, 'paid'] as const),
  // Advertisers mark what is paid for; these mark every click.
  ['fbclid', 'social'],
  ['igshid', 'social'],
  ['ysclid', 'organic_search'],
])

function channelOfReferrer(referrer: string, landing: string): Channel | undefined {
  if (referrer === '') return undefined
  return isWithin(referrer, landing) || isWithin(landing, referrer)
    ? 'internal'
    : (channelOfHost(referrer) ?? 'referral')
}

const isWithin = (host: string, other: string) => host === other || host.endsWith(`.${other || '?'}`)

/** Without a parser, which would cost more than all the rest. */
function hostOf(url: string | undefined): string {
  return url === undefined ? '' : (/^https?:\/\/(?:www\.)?([^/?#:]+)/i.exec(url)?.[1] ?? '')
}
