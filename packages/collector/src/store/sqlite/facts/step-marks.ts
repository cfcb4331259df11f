import type { FunnelStep } from '../../reads.ts'

/** Which steps of a funnel an event may stand for, as bits. */
export interface StepMarks {
  /** By event type. */
  ofType: Uint16Array
  /** Whether a step asks for more than an event type. */
  isNarrow: boolean
  /** Those of the steps that an entity of this type and this surface are right for. */
  narrow(marks: number, entityType: number, surface: number): number
}

/** The number of what was never seen: no fact has it. */
const unknown = -1

/** @param idOf the number of a name; undefined when nothing was ever called so */
export function stepMarks(steps: readonly FunnelStep[], idOf: (name: string) => number | undefined): StepMarks {
  const numberOf = (name: string | undefined) => (name === undefined ? undefined : (idOf(name) ?? unknown))
  const wanted = steps.map(({ eventType, entityType, surface }) => ({
    type: idOf(eventType),
    entityType: numberOf(entityType),
    surface: numberOf(surface),
  }))
  const ofType = new Uint16Array(wanted.reduce((top, { type = 0 }) => Math.max(top, type), 0) + 1)
  for (const [step, { type }] of wanted.entries()) if (type !== undefined) (ofType[type] as number) |= 1 << step
  return {
    ofType,
    isNarrow: wanted.some(({ entityType, surface }) => entityType !== undefined || surface !== undefined),
    narrow(marks, entityType, surface) {
      let left = marks
      for (let step = 0; step < wanted.length; step++) {
        const want = wanted[step] as (typeof wanted)[number]
        if (want.entityType !== undefined && entityType !== want.entityType) left &= ~(1 << step)
        if (want.surface !== undefined && surface !== want.surface) left &= ~(1 << step)
      }
      return left
    },
  }
}
