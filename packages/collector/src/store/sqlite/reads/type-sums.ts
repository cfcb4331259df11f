import type { Role } from '@tallymark/schemas'
import type { Tally } from '@tallymark/schemas/metrics'
import type { RoleTypes } from '../../reads.ts'
import { flags } from '../facts/fact.ts'
import type { Chunk } from '../facts/fact-reader.ts'
import type { Names } from './names.ts'

/** Whether the flags of a fact say that it was completed, as a number to add up. */
export const completedIn = (bits: number): number => bits & flags.completed

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

  /**
   * Adds facts one by one.
   *
   * @param isMeant by event type: 1 for those that are to be added, of types up to the last one
   */
  addFacts({ rows, type, flags: bits, duration }: Chunk<'type' | 'flags' | 'duration'>, isMeant: Uint8Array): void {
    const [counts, completed, durations] = [this.#counts, this.#completed, this.#durations]
    for (let row = 0; row < rows; row++) {
      const id = type[row] as number
      if (isMeant[id] !== 1) continue
      ;(counts[id] as number)++
      ;(completed[id] as number) += completedIn(bits[row] as number)
      ;(durations[id] as number) += duration[row] as number
    }
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
