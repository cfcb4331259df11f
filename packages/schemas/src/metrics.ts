// What the numbers of Tallymark mean: each formula once, for the browser, the collector and whoever reads its reports.
// This file imports nothing, so that a page pays for what it uses.

/** What is counted of some events, added up. Counts are events unless their name says otherwise. */
export interface Tally {
  views: number
  clicks: number
  likes: number
  unlikes: number
  saves: number
  shares: number
  /** `complete` events, and views that reached the end. */
  completions: number
  skips: number
  impressions: number
  outboundClicks: number
  calendarAdds: number
  /** Milliseconds that views, completes and skips took. */
  watchTimeMs: number
}

/**
 * A share of a whole in percent; 0 of nothing.
 *
 * @example
 * percentOf(3, 4) // 75
 */
export const percentOf = (part: number, whole: number): number => (whole === 0 ? 0 : (100 * part) / whole)

/** A mean; 0 of nothing. */
export const ratioOf = (sum: number, count: number): number => (count === 0 ? 0 : sum / count)

/** Completions of 100 views, 100 at most: some players tell of an end without a view. Percent. */
export const completionRate = ({ completions, views }: Pick<Tally, 'completions' | 'views'>): number =>
  Math.min(100, percentOf(completions, views))

/** Saves, shares and clicks. */
export const engagements = ({ saves, shares, clicks }: Pick<Tally, 'saves' | 'shares' | 'clicks'>): number =>
  saves + shares + clicks

/** Engagements of 100 views. Percent, and over 100 where there are several a view. */
export const engagementRate = (tally: Pick<Tally, 'saves' | 'shares' | 'clicks' | 'views'>): number =>
  percentOf(engagements(tally), tally.views)

/** Likes that were not taken back; not below 0. */
export const netLikes = ({ likes, unlikes }: Pick<Tally, 'likes' | 'unlikes'>): number => Math.max(0, likes - unlikes)

/**
 * How well an entity holds those who see it, 0 to 100: what share of its views is completed, saved, shared and clicked,
 * each by its weight, less those that were skipped. 0 without views.
 *
 * @example
 * engagementScore({ views: 10, completions: 5, saves: 2, shares: 1, clicks: 3, skips: 1 }) // 29
 */
export function engagementScore({
  views,
  completions,
  saves,
  shares,
  clicks,
  skips,
}: Pick<Tally, 'views' | 'completions' | 'saves' | 'shares' | 'clicks' | 'skips'>): number {
  if (views === 0) return 0
  const score = (40 * completions + 30 * saves + 20 * shares + 10 * clicks - 20 * skips) / views
  return Math.min(100, Math.max(0, score))
}

/**
 * How deep a session went, 0 to 100: two points an interaction and 50 at most, 20 each for five and for fifteen minutes,
 * 10 for thirty. A session under a minute has half.
 */
export function sessionScore(interactions: number, durationMs: number): number {
  const lasted = (minutes: number) => Number(durationMs >= minutes * 60_000)
  const score = Math.min(50, 2 * interactions) + 20 * lasted(5) + 20 * lasted(15) + 10 * lasted(30)
  return lasted(1) ? score : score / 2
}

/** A session with one interaction at most. */
export const isBounce = (interactions: number): boolean => interactions <= 1

/** How much more there is than before, in proportion to what was there; of less than one, to one. */
export const velocityOf = (recent: number, previous: number): number => (recent - previous) / Math.max(previous, 1)

/** How trending weighs likes against views, and how fast what is older fades. */
export interface TrendingWeights {
  /** Of the velocity of likes; default 0.7. */
  likes: number
  /** Of the velocity of views; default 0.3. */
  views: number
  /** How much a day of age takes: the score is divided by 1 + decay · days; default 0.1. */
  decay: number
}

export const defaultTrendingWeights: TrendingWeights = { likes: 0.7, views: 0.3, decay: 0.1 }

/**
 * How much an entity is on the rise, with its velocities.
 *
 * @param daysOld with fraction
 */
export function trendingScore(
  likes: { recent: number; previous: number },
  views: { recent: number; previous: number },
  daysOld: number,
  weights: TrendingWeights = defaultTrendingWeights,
): { likeVelocity: number; viewVelocity: number; velocity: number; score: number } {
  const likeVelocity = velocityOf(likes.recent, likes.previous)
  const viewVelocity = velocityOf(views.recent, views.previous)
  const velocity = weights.likes * likeVelocity + weights.views * viewVelocity
  return { likeVelocity, viewVelocity, velocity, score: velocity / (1 + weights.decay * Math.max(0, daysOld)) }
}

/** How much more or less than before, in percent; null where there was nothing. */
export const changeOf = (now: number, before: number): number | null =>
  before === 0 ? null : (100 * (now - before)) / before
