import { attribution } from './attribution.ts'
import { entityAnalytics } from './entity-analytics.ts'
import { experiment } from './experiment.ts'
import { funnel } from './funnel.ts'
import { overview } from './overview.ts'
import type { Report } from './report.ts'
import { timeseries } from './timeseries.ts'

/** Every report there is. */
export const reports: readonly Report[] = [entityAnalytics, overview, timeseries, funnel, attribution, experiment]
