import type { Step } from './draft.ts'

/**
 * What the batch says for all its events. An attribution is one touch and is taken as a whole; a context is filled
 * field by field, since only the path differs from event to event.
 */
export const inherit: Step = (draft) => {
  const { event, request } = draft
  draft.attribution = event.attribution ?? request.attribution
  draft.context =
    event.context && request.context ? { ...request.context, ...event.context } : (event.context ?? request.context)
  return undefined
}
