import { type CompiledPlan, type Role, roles } from '@tallymark/schemas'
import type { RoleTypes } from '../store/reads.ts'

/** The event types of a plan by the role they have in the metrics. */
export function rolesOf(plan: CompiledPlan): RoleTypes {
  const types = (role: Role) => plan.eventTypes.filter((type) => plan.event(type)?.role === role)
  return Object.fromEntries(roles.map((role) => [role, types(role)]))
}
