/** The site of the report bench: what is on it, who comes, and how they say they came. */
import { Random, scatter, weighted, zipf } from './random.ts'

export const dayMs = 86_400_000
/** The bench's now: neither midnight nor a full hour, as no report is asked for at one. */
export const now = Date.UTC(2026, 5, 1, 14, 20, 7)
export const historyDays = 90
export const historyBegin = now - historyDays * dayMs

const entityCount = 50_000
const ownerCount = 2000
const entityTypes = ['project', 'project', 'article', 'video'] as const

export interface SiteEntity {
  entityType: string
  entityId: string
  title: string
  ownerId: string
  publishedAt: number
}

const adjectives = ['quiet', 'bright', 'folded', 'early', 'hollow', 'northern', 'paper', 'slow', 'velvet', 'wild']
const nouns = ['harbour', 'lantern', 'orchard', 'signal', 'staircase', 'theatre', 'weaver', 'winter', 'island', 'choir']
/** As people write titles: a cell of CSV must hold all of these. */
const endings = ['', '', '', '', ', live', ' “remastered”', ' — part 2', ' 🎷', ' "draft"', ' שלום']

export const entities: readonly SiteEntity[] = Array.from({ length: entityCount }, (_, n) => {
  const words = scatter(n, 1)
  const owner = Math.floor((scatter(n, 2) / 2 ** 32) ** 2 * ownerCount)
  const age = scatter(n, 3) / 2 ** 32
  return {
    entityType: entityTypes[n % entityTypes.length] ?? '',
    entityId: String(n + 1),
    title: `${adjectives[words % 10]} ${nouns[(words >>> 8) % 10]} ${n + 1}${endings[(words >>> 16) % 10]}`,
    ownerId: `owner-${owner + 1}`,
    // One in eight is younger than the history.
    publishedAt: now - Math.round((1 + 719 * age) * dayMs),
  }
})

const popularity = zipf(entityCount, 0.9)

/** From the most popular one: old or of one type are not the same ones. */
export const popular: readonly SiteEntity[] = entities.map(
  (entity, rank) => entities[(rank * 7919) % entityCount] ?? entity,
)

/** The more popular ones more often. */
export function pickEntity(random: Random, at: number): SiteEntity {
  for (;;) {
    const entity = popular[popularity(random)]
    if (entity && entity.publishedAt <= at) return entity
  }
}

/** The most popular one that is older than the history. */
export const hotEntity = popular.find(({ publishedAt }) => publishedAt < historyBegin) ?? never()

const words = ['jazz', 'piano', 'harbour', 'free', 'tickets', 'winter', 'workshop', 'poster', 'live', 'kids', 'vegan']
const places = ['berlin', 'lisbon', 'oslo', 'near me', 'tonight', '', 'online', '2026', 'münchen', 'paris', 'tokyo']
const searchRanks = zipf(20_000, 1)

/** One of 20 000 queries, a few of them again and again; the rare ones find nothing. */
export function pickSearch(random: Random): { query: string; resultsCount: number } {
  const rank = searchRanks(random)
  const [word, place] = [words[rank % 11], places[Math.floor(rank / 11) % 11]]
  const query = `${word} ${place} ${rank < 121 ? '' : rank}`.replace(/ +/g, ' ').trim()
  return { query, resultsCount: scatter(rank, 4) % 100 < 12 ? 0 : 1 + (scatter(rank, 5) % 400) }
}

interface Country {
  country: string
  region: string | null
  locale: string
  timezone: string
  /** Near enough for when people are awake. */
  utcHours: number
}

const countries: readonly Country[] = [
  { country: 'US', region: 'CA', locale: 'en-US', timezone: 'America/Los_Angeles', utcHours: -8 },
  { country: 'US', region: 'NY', locale: 'en-US', timezone: 'America/New_York', utcHours: -5 },
  { country: 'GB', region: 'ENG', locale: 'en-GB', timezone: 'Europe/London', utcHours: 0 },
  { country: 'DE', region: 'BE', locale: 'de-DE', timezone: 'Europe/Berlin', utcHours: 1 },
  { country: 'FR', region: 'IDF', locale: 'fr-FR', timezone: 'Europe/Paris', utcHours: 1 },
  { country: 'IN', region: 'KA', locale: 'en-IN', timezone: 'Asia/Kolkata', utcHours: 5.5 },
  { country: 'BR', region: 'SP', locale: 'pt-BR', timezone: 'America/Sao_Paulo', utcHours: -3 },
  { country: 'JP', region: null, locale: 'ja-JP', timezone: 'Asia/Tokyo', utcHours: 9 },
  { country: 'AU', region: 'NSW', locale: 'en-AU', timezone: 'Australia/Sydney', utcHours: 10 },
  { country: 'NZ', region: null, locale: 'en-NZ', timezone: 'Pacific/Auckland', utcHours: 12 },
]
const pickCountry = weighted([14, 16, 18, 14, 9, 10, 7, 5, 4, 3])

const agents = [
  { browser: 'Chrome', os: 'Windows', device: 'desktop', screen: [1920, 1080] },
  { browser: 'Safari', os: 'iOS', device: 'mobile', screen: [393, 852] },
  { browser: 'Chrome', os: 'Android', device: 'mobile', screen: [412, 915] },
  { browser: 'Safari', os: 'macOS', device: 'desktop', screen: [1440, 900] },
  { browser: 'Firefox', os: 'Linux', device: 'desktop', screen: [1920, 1080] },
  { browser: 'Safari', os: 'iOS', device: 'tablet', screen: [820, 1180] },
] as const
const pickAgent = weighted([30, 24, 22, 14, 4, 6])

export interface Visitor {
  /** Signed in: one in ten. */
  actor: { id: string; type: string; traits: string } | null
  /** Null for those who have not agreed to be known: one in twenty. */
  anonymousId: string | null
  number: number
  variant: string
  source: 'web' | 'mobile'
  device: string
  agent: string
  country: string
  region: string | null
  utcHours: number
}

/** What belongs to a visitor is the same at each visit. */
export function visitorAt(number: number): Visitor {
  const random = new Random(scatter(number, 6))
  const { country, region, locale, timezone, utcHours } = countries[pickCountry(random)] ?? countries[0] ?? never()
  const { screen, ...agent } = agents[pickAgent(random)] ?? agents[0]
  const isKnown = random.chance(0.95)
  const isSignedIn = random.chance(0.1)
  const mail = `${adjectives[random.below(10)]}.${nouns[random.below(10)]}.${number}@example.com`
  return {
    number,
    actor: isSignedIn
      ? { id: `user-${number}`, type: random.chance(0.05) ? 'creator' : 'member', traits: `{"email":"${mail}"}` }
      : null,
    anonymousId: isKnown ? uuid(random, '4') : null,
    variant: number % 2 === 0 ? 'a' : 'b',
    source: agent.device === 'mobile' && random.chance(0.3) ? 'mobile' : 'web',
    device: JSON.stringify({
      locale,
      timezone,
      screenWidth: screen[0],
      screenHeight: screen[1],
      sdk: { name: '@tallymark/sdk', version: '0.0.0' },
      consent: isKnown ? 'granted' : 'cookieless',
    }),
    agent: JSON.stringify(agent),
    country,
    region,
    utcHours,
  }
}

/** As random as a real one, so that no engine packs it better than it would. */
export function uuid(random: Random, version: '4' | '7', timeMs?: number): string {
  const [a, b, c, d] = [hex(random.bits(), 8), hex(random.bits(), 8), hex(random.bits(), 8), hex(random.bits(), 8)]
  const start = timeMs === undefined ? `${a}${b.slice(0, 4)}` : hex(timeMs, 12)
  return `${start.slice(0, 8)}-${start.slice(8)}-${version}${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`
}

export const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')

const campaigns = Array.from({ length: 24 }, (_, n) => `spring-${n + 1}`)
const pickCampaign = zipf(campaigns.length, 0.8)
const site = 'https://example.com'

export interface Arrival {
  channel: string
  campaign: string | null
  arrival: string
}

/** How a visit came about, as the collector names it. */
export function pickArrival(random: Random, landingPath: string): Arrival {
  const landingPage = `${site}${landingPath}`
  const utm = (utmSource: string, utmMedium: string) =>
    JSON.stringify({ utmSource, utmMedium, utmCampaign: campaigns[pickCampaign(random)] })
  const from = (referrer: string) => JSON.stringify({ referrer, landingPage })
  const direct = JSON.stringify({ landingPage })
  const share = random.fraction()
  if (share < 0.34) return { channel: 'direct', campaign: null, arrival: direct }
  if (share < 0.6) return { channel: 'organic_search', campaign: null, arrival: from('https://www.google.com/') }
  if (share < 0.68) return { channel: 'social', campaign: null, arrival: from('https://www.instagram.com/') }
  if (share < 0.74) return { channel: 'social', campaign: utm('instagram', 'social'), arrival: direct }
  if (share < 0.83) return { channel: 'email', campaign: utm('newsletter', 'email'), arrival: direct }
  if (share < 0.91) return { channel: 'paid', campaign: utm('google', 'cpc'), arrival: from('https://www.google.com/') }
  if (share < 0.98) return { channel: 'referral', campaign: null, arrival: from('https://blog.example.org/best-of') }
  return { channel: 'ai_assistant', campaign: null, arrival: from('https://chatgpt.com/') }
}

function never(): never {
  throw new Error('a list of the site is empty')
}
