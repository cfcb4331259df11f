import type { Step } from './draft.ts'

/**
 * Without consent a browser keeps no id. It is told from others for the day: by a digest of its address, user agent
 * and site, under a key that is destroyed when the day is over.
 */
export const nameDayViewer: Step = (draft) => {
  const { event, actor, context, request } = draft
  const needed = context?.consent === 'cookieless' && !actor && event.anonymousId === undefined
  draft.dayViewer = needed ? (request.client?.dayViewer ?? null) : null
  return undefined
}
