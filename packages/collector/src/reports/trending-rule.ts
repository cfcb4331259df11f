import { defaultTrendingWeights, type TrendingWeights } from '@tallymark/schemas/metrics'

/** What trending compares, and how. */
export interface TrendingRule {
  /** How long the recent window is, and the one before it. */
  windowMs: number
  weights: TrendingWeights
}

/** Today beside yesterday, likes before views. */
export const defaultTrending: TrendingRule = { windowMs: 86_400_000, weights: defaultTrendingWeights }
