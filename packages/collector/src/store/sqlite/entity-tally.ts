import type { Role } from '@tallymark/schemas'
import type { EntityTally, RoleTypes } from '../reads.ts'

export type TallyField = keyof EntityTally

/** The role whose events each field counts; completions are also views that reached the end. */
const fieldRoles: Record<TallyField, Role> = {
  views: 'view',
  clicks: 'click',
  likes: 'like',
  unlikes: 'unlike',
  saves: 'save',
  shares: 'share',
  completions: 'complete',
  skips: 'skip',
  impressions: 'impression',
  outboundClicks: 'outbound',
  calendarAdds: 'calendar',
}

export const tallyFields = Object.keys(fieldRoles) as TallyField[]

export function makeTally(of: (field: TallyField) => number): EntityTally {
  const tally = {} as Record<TallyField, number>
  for (const field of tallyFields) tally[field] = of(field)
  return tally
}

/** The field that counts events of a type, by the number of the type. */
export function fieldsByType(
  roles: RoleTypes,
  idOf: (eventType: string) => number | undefined,
): (TallyField | undefined)[] {
  const fields: (TallyField | undefined)[] = []
  for (const field of tallyFields) {
    for (const type of roles[fieldRoles[field]] ?? []) {
      const id = idOf(type)
      if (id !== undefined) fields[id] = field
    }
  }
  return fields
}

/** The field that is how often an event type happened and nothing else; completions are views, too. */
export const fieldOfType = (roles: RoleTypes, eventType: string): TallyField | undefined =>
  tallyFields.find((field) => {
    const types = roles[fieldRoles[field]] ?? []
    return field !== 'completions' && types.length === 1 && types[0] === eventType
  })
