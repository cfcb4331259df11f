import { attribution } from './attribution.ts'
import { ctr } from './ctr.ts'
import { customReport } from './custom-report.ts'
import { discovery } from './discovery.ts'
import { engagement } from './engagement.ts'
import { entityAnalytics } from './entity-analytics.ts'
import { experiment } from './experiment.ts'
import { declaredFunnel, funnel } from './funnel.ts'
import { heatmap } from './heatmap.ts'
import { overview } from './overview.ts'
import { myAnalytics, ownerAnalytics } from './owner-analytics.ts'
import type { Report } from './report.ts'
import { retention } from './retention.ts'
import { segments } from './segments.ts'
import { session } from './session.ts'
import { timeseries } from './timeseries.ts'
import { top } from './top.ts'
import { trending } from './trending.ts'

/** Every report there is. */
export const reports: readonly Report[] = [
  trending,
  top,
  entityAnalytics,
  ownerAnalytics,
  myAnalytics,
  session,
  overview,
  engagement,
  timeseries,
  discovery,
  ctr,
  heatmap,
  retention,
  funnel,
  declaredFunnel,
  attribution,
  experiment,
  segments,
  customReport,
]
