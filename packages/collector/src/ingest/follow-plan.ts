import { checkAgainstPlan } from '@tallymark/schemas'
import type { Step } from './draft.ts'

/** The tracking plan's say: names, entity, surface, props and metadata. */
export const followPlan: Step = ({ event, plan, pointer }) => checkAgainstPlan(event, plan, pointer)
