import type { Role } from '@tallymark/schemas'
import type { Tally } from '@tallymark/schemas/metrics'
import type { RoleTypes } from '../../reads.ts'
import type { Names } from './names.ts'

/** Events, completed ones and durations, added up by event type. */
export class TypeSums {
  readonly #counts: Float64Array
  readonly #completed: Float64Array
  readonly #durations: Float64Array

  /** @param types numbers of event types up to this one */
  constructor(types: number) {
    this.#counts = new Float64Array(types + 1)
    this.#completed = new Float64Array(types + 1)
    this.#durations = new Float64Array(types + 1)
  }

  add(type: number, count: number, completed: number, durationMs: number): void {
    // An event type beyond these has no role.
    if (type >= this.#counts.length) return
    ;(this.#counts[type] as number) += count
    ;(this.#completed[type] as number) += completed
    ;(this.#durations[type] as number) += durationMs
  }

  /** By role, as the plan has it. */
  tally(roles: RoleTypes, names: Names): Tally {
    const total = (role: Role, of: Float64Array) =>
      names.ids(roles[role] ?? []).reduce((sum, type) => sum + (of[type] ?? 0), 0)
    const count = (role: Role) => total(role, this.#counts)
    return {
      views: count('view'),
      clicks: count('click'),
      likes: count('like'),
      unlikes: count('unlike'),
      saves: count('save'),
      shares: count('share'),
      completions: count('complete') + total('view', this.#completed),
      skips: count('skip'),
      impressions: count('impression'),
      outboundClicks: count('outbound'),
      calendarAdds: count('calendar'),
      watchTimeMs: total('view', this.#durations) + total('complete', this.#durations) + total('skip', this.#durations),
    }
  }
}

/** The largest number among the event types of a plan's roles. */
export const lastType = (roles: RoleTypes, names: Names): number =>
  names.ids(Object.values(roles).flat()).reduce((top, id) => Math.max(top, id), 0)
